import { type Handles, lease } from 'mesocosm'
import { topology } from './topology.ts'

export const use = async ({ api, db, payments }: Handles<typeof topology>) => {
  const { id } = await api.exec.createAdmin({ email: 'a@b.co' })
  await using _patch = await api.withEnv({ LOG_LEVEL: 'debug', SIGNUP: 'open' })
  await api.exec['npm:migrate']('--verbose')
  await db.query('select 1')
  await using _charges = await payments.on('createCharge', ({ body }) => ({
    body: { id: `ch_${body?.amount.toFixed()}` },
  }))
  api.env.SIGNUP satisfies string
  return id satisfies string
}

export const run = async () => {
  await using lane = await lease(topology)
  return await use(lane.services)
}
