import { defineTopology } from './sdk.ts'

export const topology = defineTopology({
  name: 'golden-services',
  services: {
    cache: { image: 'redis:8' },
    odd: { image: 'acme/odd', sources: './odd' },
    billing: {
      build: { context: '.', dockerfile: 'services/billing/Dockerfile', target: 'run' },
      sources: ['./services/billing', './shared'],
    },
    worker: { build: { context: '.', dockerfile: 'worker/Dockerfile' } },
  },
})
