import { pluginContract } from 'mesocosm/testing'
import { s3Mock } from './index.ts'

pluginContract({
  name: 's3-mock as a process, shared',
  runtime: 'local',
  module: new URL('./index.ts', import.meta.url),
  make: () => s3Mock({ buckets: ['marks'], share: 'run' }),
  use: (files) => files.put('marks', 'used', 'x').then(() => files.delete('marks', 'used')),
  data: {
    write: (files, mark) => files.put('marks', mark, mark),
    read: async (files) => (await files.list('marks')).map(({ key }) => key),
  },
  waits: {
    get: (files, options) => files.get('marks', 'never', options),
    waitForObject: (files, options) => files.waitForObject({ key: 'never' }, options),
  },
})
