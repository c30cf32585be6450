import { defineTopology } from 'mesocosm'

export const topology = defineTopology({
  name: 'golden-env',
  services: {
    api: { build: './api', ports: { http: 3000 }, env: { GREETING: 'hello' } },
  },
})
