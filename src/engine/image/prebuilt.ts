import { createHash } from 'node:crypto'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { label } from '../../runtime/labels.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Program } from '../group/program.ts'
import type { EngineContext } from '../run/context.ts'
import type { ResolvedService } from './resolve-service.ts'

/** Returns the name of the image that holds a service's files after its first start and set-up. */
export const prebuiltReference = (
  topology: string,
  name: string,
  { spec, image, files }: Omit<ResolvedService, 'prebuilt'>,
): string => {
  const { command, entrypoint, user, workdir, env, tasks } = spec
  // Hash content, not path, so other checkouts share the image.
  const contents = files?.map(({ from, ...rest }) => rest)
  const made = [image.id, command, entrypoint, user, workdir, env, contents, tasks?.setup]
  const hash = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 16)
  return `mesocosm/prebuilt-${topology}-${name}:${hash}`
}

/** Returns whether the engine has that image from an earlier run. */
export const hasPrebuilt = async (
  { runtime }: EngineContext,
  reference: string,
): Promise<boolean> => {
  try {
    await runtime.image({ kind: 'local', reference })
    return true
  } catch (error) {
    if (isMesocosmError(error) && error.code === 'IMAGE_NOT_FOUND') return false
    throw error
  }
}

/** Saves a set-up service's files as that image, with the program paused so that its files are consistent. */
export const keepPrebuilt = async (
  { runtime, record }: EngineContext,
  program: Program,
  reference: string,
): Promise<void> => {
  const commit = requireAbility(runtime, 'commit')
  const start = performance.now()
  await runtime.signal(program.id, 'pause')
  try {
    await commit({ container: program.id, reference, labels: { [label.made]: '1' } })
  } finally {
    await runtime.signal(program.id, 'unpause')
  }
  record.events.write('prebuilt', { image: reference, ms: Math.round(performance.now() - start) })
}
