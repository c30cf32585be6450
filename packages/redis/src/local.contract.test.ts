import { log, ref } from 'mesocosm'
import { pluginContract } from 'mesocosm/testing'
import { test } from 'vitest'
import { findInstalledServer } from './find-program.ts'
import { redis } from './index.ts'

const installed = findInstalledServer()

for (const share of installed === undefined ? [] : (['lane', 'run'] as const))
  pluginContract({
    name: share === 'lane' ? 'redis as a process' : 'redis as a process, shared',
    runtime: 'local',
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
        env: { URL: ref('it.url'), KEY: [ref('it.prefix'), 'seeded'] },
        ready: log('done'),
        local: {
          command: [
            'sh',
            '-c',
            `"$0" -u "$URL" set "$KEY" x; echo done; sleep 600`,
            installed?.client ?? '',
          ],
        },
      },
    },
    waits: { subscribe: (cache, options) => cache.subscribe('news', options) },
  })

test.skipIf(installed !== undefined)(
  'redis as a process is not tested: it is not installed',
  (context) => context.skip('neither Redis nor Valkey is installed'),
)
