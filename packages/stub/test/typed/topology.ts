import { stub } from '@mesocosm/stub'
import { defineTopology, ref } from 'mesocosm'

export const topology = defineTopology({
  name: 'typed-stub',
  services: {
    payments: stub({ openapi: '../documents/payments.openapi.yaml' }),
    shop: { image: 'acme/shop', env: { PAYMENTS_URL: ref('payments.url') } },
  },
})
