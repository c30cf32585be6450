import { pluginContract } from 'mesocosm/testing'
import { s3Mock } from './index.ts'

for (const share of ['lane', 'run'] as const)
  pluginContract({
    name: share === 'lane' ? 's3-mock' : 's3-mock on a shared server',
    module: new URL('./index.ts', import.meta.url),
    make: () => s3Mock({ buckets: ['marks'], share }),
    use: (files) => files.put('marks', 'used', 'x').then(() => files.delete('marks', 'used')),
    data: {
      write: (files, mark) => files.put('marks', mark, mark),
      read: async (files) => (await files.list('marks')).map(({ key }) => key),
    },
    waits: {
      put: (files, options) => files.put('marks', 'never', 'x', options),
      get: (files, options) => files.get('marks', 'never', options),
      list: (files, options) => files.list('marks', '', options),
      exists: (files, options) => files.exists('marks', 'never', options),
      delete: (files, options) => files.delete('marks', 'never', options),
      waitForObject: (files, options) => files.waitForObject({ key: 'never' }, options),
      onEvent: (files, options) => files.onEvent(() => {}, options),
      clear: (files, options) => files.clear('marks', options),
    },
  })
