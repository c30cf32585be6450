import { defineTopology } from 'mesocosm'

export const topology = defineTopology({
  name: 'golden-commands',
  services: {
    api: {
      build: './api',
      exec: { 'npm:seed': (rows: number) => ['npm', 'run', 'seed', '--', String(rows)] },
    },
  },
})
