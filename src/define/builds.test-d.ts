/* Types of `build` and `platform`, and the examples of `docs/builds.md`. */
import { secret } from './env-value.ts'
import { defineTopology } from './topology.ts'

export const topology = defineTopology({
  name: 'shop',
  root: '/shop',
  services: {
    // #region build
    api: {
      build: {
        context: './api',
        target: 'production',
        args: { NODE_ENV: 'production' },
        secrets: {
          npm: { env: 'NPM_TOKEN' },
          ca: { file: './certificates/ca.pem' },
          license: secret(process.env.MESOCOSM_LICENSE ?? ''),
        },
        ssh: true,
        cacheFrom: ['registry.example.com/shop/api:cache'],
      },
    },
    // #endregion
    // #region platform
    legacy: { image: 'registry.example.com/legacy:9', platform: 'linux/amd64' },
    // #endregion
    other: { build: { context: '.', ssh: { git: './agent.sock' }, platform: 'linux/arm64' } },
  },
})

defineTopology({
  name: 'wrong',
  services: {
    // @ts-expect-error a secret has one source
    a: { build: { context: '.', secrets: { npm: { env: 'NPM_TOKEN', file: './npm' } } } },
    // @ts-expect-error a plain value would be in errors
    b: { build: { context: '.', secrets: { npm: 'token' } } },
    // @ts-expect-error agents are sockets by id
    c: { build: { context: '.', ssh: ['default'] } },
    // @ts-expect-error a platform is text
    d: { image: 'x', platform: { os: 'linux' } },
  },
})
