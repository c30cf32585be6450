import { defineTopology } from 'mesocosm'

export const topology = defineTopology({
  name: 'golden-symfony',
  services: {
    api: { build: './api', ports: { http: 8000 }, cli: ['php', 'bin/console'] },
  },
})
