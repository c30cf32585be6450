// `npm run engines -- start|stop KIND`, `npm run engines -- exec KIND PROGRAM [ARGUMENTS]`
import { MesocosmError } from '../src/errors/mesocosm-error.ts'
import { ensureEngine } from './engine.ts'
import { copyImages } from './engines/copy-images.ts'
import { type EngineKind, kinds } from './engines/kinds.ts'
import { clientEnv, localEndpoint, startOther, stopOther, within } from './engines/start-other.ts'
import { ensureImages } from './images.ts'
import { progressLog } from './log.ts'
import { exitWith, run } from './run.ts'

/** Starts an engine of this kind, with the images of the tests. */
export const startWithImages = async (kind: EngineKind): Promise<void> => {
  const log = progressLog('engines')
  const { endpoint } = await ensureEngine()
  await ensureImages(undefined, { endpoint })
  await startOther(kind, log)
  await copyImages(endpoint, localEndpoint(kind), log)
}

/** Runs a program where the engine's published ports answer, as its client, and returns the exit code. */
export const execWith = (kind: EngineKind, argv: readonly string[]): Promise<number> => {
  const [file = '', ...args] = [...within(kind), ...argv]
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...env } = process.env
  return run(file, args, { env: { ...env, ...clientEnv(kind) } })
}

/** @throws {MesocosmError} `ARGUMENT_INVALID` for a kind that does not exist. */
export const kindOf = (name: string | undefined): EngineKind => {
  const found = kinds.find((kind) => kind.name === name)
  if (found !== undefined) return found
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `there is no engine "${name ?? ''}"`,
    remedy: `use one of: ${kinds.map((kind) => kind.name).join(', ')}`,
  })
}

if (import.meta.main)
  await exitWith(async () => {
    const [command, name, ...argv] = process.argv.slice(2)
    const kind = kindOf(name)
    if (command === 'start') await startWithImages(kind)
    else if (command === 'stop') await stopOther(kind)
    else if (command === 'exec') return execWith(kind, argv)
    else
      throw new MesocosmError({
        code: 'ARGUMENT_INVALID',
        message: `there is no command "${command}"`,
        remedy: 'use start, exec or stop',
      })
    return 0
  })
