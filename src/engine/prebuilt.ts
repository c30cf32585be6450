import { createHash } from 'node:crypto'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import { label } from '../runtime/labels.ts'
import type { EngineContext } from './context.ts'
import type { Program } from './program.ts'
import type { ResolvedService } from './resolve-service.ts'

/** Name of the image that holds a service's files after its first start and set-up; equal for equal content. */
export const prebuiltReference = (
  topology: string,
  name: string,
  { spec, image, files }: Omit<ResolvedService, 'prebuilt'>,
): string => {
  const { command, entrypoint, user, workdir, env, tasks } = spec
  // Of a host file its content counts, not where it lies: another checkout shall find the same image.
  const contents = files?.map(({ from, ...rest }) => rest)
  const made = [image.id, command, entrypoint, user, workdir, env, contents, tasks?.setup]
  const hash = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 16)
  return `mesocosm/prebuilt-${topology}-${name}:${hash}`
}

/** Whether the engine has that image from an earlier run. */
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

/**
 * Keeps a set-up service's files as that image. The program is frozen meanwhile, so what it has written is whole,
 * as after a crash of the machine that lost nothing.
 */
export const keepPrebuilt = async (
  { runtime, record }: EngineContext,
  program: Program,
  reference: string,
): Promise<void> => {
  const start = performance.now()
  await runtime.signal(program.id, 'pause')
  try {
    await runtime.image({
      kind: 'commit',
      container: program.id,
      reference,
      labels: { [label.made]: '1' },
    })
  } finally {
    await runtime.signal(program.id, 'unpause')
  }
  record.events.write('prebuilt', { image: reference, ms: Math.round(performance.now() - start) })
}
