import { expect, test } from 'vitest'
import { reachedServices } from './reached.ts'

test('the services in an environment are found through outputs, without waiting and in cycles', () => {
  const services = {
    api: {
      env: { DATABASE_URL: { ref: 'db.url' }, WEB: { ref: 'web.http.url', wait: false } },
      local: { command: ['node'], cwd: '/', env: { CACHE: ['redis://', { ref: 'cache.host' }] } },
      outputs: { link: { ref: 'web.link' } },
    },
    web: { outputs: { link: { ref: 'api.link' } } },
    db: { outputs: { url: ['postgres://', { ref: 'self.host' }, '/', { ref: 'pool.name' }] } },
    pool: { outputs: { name: 'pool' } },
    cache: {},
    other: {},
  }
  expect(reachedServices(services, 'api').sort()).toEqual(['api', 'cache', 'db', 'pool', 'web'])
  expect(
    reachedServices(
      { ...services, api: { env: { A: { ref: 'api.link' } }, outputs: services.api.outputs } },
      'api',
    ).sort(),
  ).toEqual(['api', 'web'])
})
