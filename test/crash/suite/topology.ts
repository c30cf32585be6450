import { createTest } from '@mesocosm/vitest'
import { defineTopology, ref } from 'mesocosm'
import { app } from '../../lib/app.ts'

const { SANDBOX = '' } = process.env

export const { test, expect } = createTest(
  defineTopology({
    name: 'suite',
    root: SANDBOX,
    services: {
      store: { ...app, share: 'run' },
      api: { ...app, env: { STORE: ref('store.http.url'), GREETING: 'hello' } },
    },
  }),
)
