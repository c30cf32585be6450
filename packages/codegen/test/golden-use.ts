import type { Handles } from 'mesocosm'
import type { topology as commands } from './golden/commands/topology.ts'
import type { topology as env } from './golden/env/topology.ts'
import type { topology as services } from './golden/services/shop.topology.ts'
import type { topology as symfony } from './golden/symfony/topology.ts'

/*
 * What the generated files of `golden` allow and reject. Compiled, never run.
 */

export const withVariables = async ({ api }: Handles<typeof env>) => {
  await api.withEnv({ LOG_LEVEL: 'debug', PORT: 4000, STRICT: false, GREETING: 'ahoy' })
  await api.withEnv({ PORT: '4000', STRICT: '1', DATABASE_URL: undefined, CACHE_TTL: 5 })
  // @ts-expect-error not in the enum of the schema
  await api.withEnv({ LOG_LEVEL: 'loud' })
  // @ts-expect-error not a number
  await api.withEnv({ PORT: 'http' })
  // @ts-expect-error unknown variable
  await api.withEnv({ LOG_LEVLE: 'debug' })
  api.env.MAIL_KEY satisfies string
}

export const withCommands = async ({ api }: Handles<typeof symfony>) => {
  const { stdout } = await api.exec['app:create-admin']('ann@example.test', { role: 'root' })
  await api.exec['app:create-admin']('ann@example.test', ['a', 'b'], { force: true })
  await api.exec['app:empty']()
  // @ts-expect-error the address is missing
  await api.exec['app:create-admin']({ force: true })
  // @ts-expect-error unknown option
  await api.exec['app:create-admin']('ann@example.test', { rolle: 'root' })
  // @ts-expect-error unknown command
  await api.exec['app:create-admn']('ann@example.test')
  return stdout satisfies string
}

export const withScripts = async ({ api }: Handles<typeof commands>) => {
  await api.exec['npm:migrate']('--dry-run')
  await api.exec['bin:report']()
  await api.exec['npm:seed'](3)
  // @ts-expect-error the declared command takes a number
  await api.exec['npm:seed']('3')
}

export const withServices = async ({ billing, odd, worker }: Handles<typeof services>) => {
  await billing.exec['npm:close-month']()
  await billing.withEnv({ CURRENCY: 'CHF', REGION: 'ch' })
  // @ts-expect-error set in a stage that is not built
  await billing.withEnv({ ONLY_FOR_DEBUGGING: '1' })
  await odd.withEnv({ ODD_MODE: 'x' })
  await worker.withEnv({ QUEUE: 'x' })
}
