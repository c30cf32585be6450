import { createHash } from 'node:crypto'
import { attachSecondary } from '../../errors/attach-secondary.ts'
import type { ProgramConfig } from '../../plan/desired.ts'
import { label } from '../../runtime/labels.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Program } from '../group/program.ts'
import type { EngineContext } from '../run/context.ts'

/**
 * Returns the tag of the image that holds a service's files after its first start and set-up: a hash of everything that
 * decides about them.
 *
 * @param setup what the result of the set-up depends on, with the values of other services filled in.
 */
export const prebuiltTag = (program: ProgramConfig, setup: unknown): string => {
  const { imageId, command, entrypoint, user, workdir, env, files } = program
  // Hash content, not path, so other checkouts share the image.
  const contents = files.map(({ from, ...rest }) => rest)
  const made = [imageId, command, entrypoint, user, workdir, env, contents, setup]
  return createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 16)
}

/**
 * Saves a set-up service's files as that image, with the program paused so that its files are consistent. The service
 * goes on without the image if the engine refuses; throws only if the program stays paused.
 */
export const keepPrebuilt = async (
  context: EngineContext,
  service: string,
  program: Program,
  reference: string,
): Promise<void> => {
  const { runtime, record, shortcuts } = context
  const start = performance.now()
  // Another run has set the same up meanwhile.
  if (await isMade(runtime, reference)) return
  try {
    await whilePaused(runtime, program.id, () =>
      requireAbility(
        runtime,
        'commit',
      )({
        container: program.id,
        reference,
        labels: { [label.made]: '1' },
      }),
    )
  } catch (error) {
    if ((await runtime.inspect(program.id))?.status === 'paused') throw error
    shortcuts.failed('prebuilt image', error, { service })
    return
  }
  record.events.write('prebuilt', { image: reference, ms: Math.round(performance.now() - start) })
}

// ---

const isMade = async (runtime: Runtime, reference: string): Promise<boolean> => {
  try {
    await runtime.image({ kind: 'local', reference })
    return true
  } catch {
    // Missing, or the engine does not answer, which the next call reports.
    return false
  }
}

/** Unpauses even if the pause was refused: an engine may have carried out what it reports as failed. */
const whilePaused = async (
  runtime: Runtime,
  container: string,
  work: () => Promise<unknown>,
): Promise<void> => {
  try {
    await runtime.signal(container, 'pause')
    await work()
  } catch (error) {
    await runtime
      .signal(container, 'unpause')
      .catch((second: unknown) => attachSecondary(error, second))
    throw error
  }
  await runtime.signal(container, 'unpause')
}
