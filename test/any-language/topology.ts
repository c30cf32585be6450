import { defineTopology, http } from 'mesocosm'

export default defineTopology({
  name: 'any-language',
  services: {
    api: {
      image: 'node:24-trixie-slim',
      command: ['node', '/app.cjs'],
      files: [{ from: 'api/app.cjs', to: '/app.cjs' }],
      ports: { http: 3000 },
      ready: http('/'),
      env: { FEATURE_MAIL: 'off' },
      cli: ['node', '/app.cjs'],
    },
  },
})
