/* The server's program on this machine, and its tasks: `node postgres-local.cjs serve | <hook> [argument …]`. */

import { join } from 'node:path'
import { LaneHooks } from './lane-hooks.ts'
import { sealedCluster } from './sealed.ts'
import { serve } from './serve.ts'
import { init, migrate, seal } from './set-up.ts'

const main = async ([hook = '', ...rest]: readonly string[]): Promise<void> => {
  const own = variable('POSTGRES_DIR')
  const template = variable('POSTGRES_DB')
  const data = join(own, 'data')
  const lane = () => new LaneHooks({ folder: own, data, template }, rest[0] ?? '')
  switch (hook) {
    case 'serve':
      return serve({
        native: variable('POSTGRES_NATIVE'),
        ...cluster(),
        port: Number(variable('POSTGRES_PORT')),
        template,
        own,
        settings: rest,
      })
    case 'init':
      return await init(template, join(own, 'init'))
    case 'set-up':
      await init(template, join(own, 'init'))
      return await seal(template, data, sealedCluster(cluster(), template, join(own, 'init')))
    case 'migrate': {
      const [cwd = '', names = '[]', ...command] = rest
      return await migrate(template, { cwd, own: JSON.parse(names) as string[], command })
    }
    case 'seal':
      return await seal(template, data)
    case 'enter':
      return await lane().enter()
    case 'enter-alone':
      return await lane().enterAlone()
    case 'baseline':
      return await lane().baseline()
    case 'reset':
      return await lane().reset()
    case 'leave':
      return await lane().leave()
    default:
      throw new Error(`there is no task ${hook}`)
  }
}

const cluster = () => ({
  version: variable('POSTGRES_VERSION'),
  user: variable('POSTGRES_USER'),
  password: variable('POSTGRES_PASSWORD'),
})

const variable = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
