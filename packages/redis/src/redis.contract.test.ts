import { log, ref } from 'mesocosm'
import { pluginContract } from 'mesocosm/testing'
import { redis } from './index.ts'

for (const share of ['lane', 'run'] as const)
  pluginContract({
    name: share === 'lane' ? 'redis' : 'redis on a shared server',
    module: new URL('./index.ts', import.meta.url),
    make: () => redis({ share, password: 'open sesame:/@$' }),
    use: (cache) => cache.get('nothing'),
    data: {
      write: (cache, mark) => cache.set(mark, 'x'),
      read: (cache) => cache.keys(),
    },
    seed: {
      mark: 'seeded',
      service: {
        image: 'redis:8',
        command: ['sh', '-c', 'redis-cli -u "$URL" set "$KEY" x; echo done; sleep 600'],
        env: { URL: ref('it.url'), KEY: [ref('it.prefix'), 'seeded'] },
        ready: log('done'),
      },
    },
    waits: { subscribe: (cache, options) => cache.subscribe('news', options) },
  })
