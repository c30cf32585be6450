import type { Handles } from 'mesocosm'
import { topology } from '../topology/topology.ts'

export const use = async ({ api }: Handles<typeof topology>) => {
  await api.withEnv({ SIGNUP: 'open' })
  await api.withEnv({ LOG_LEVEL: 'debug' })
  await api.exec['npm:migrate']('--verbose')
  return topology.name
}
