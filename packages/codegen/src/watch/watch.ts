import { dirname, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { GenerateResult } from '../topology/generate.ts'
import { type RegenerateOptions, regenerate } from './regenerate.ts'
import { watchTrees } from './watch-tree.ts'

/** Options of {@link watchTopology}. */
export interface WatchOptions extends RegenerateOptions {
  /** Topology file, absolute or relative to the working directory. */
  readonly file: string
  /** Stops watching. */
  readonly signal: AbortSignal
  /** Called after each successful generation. */
  readonly onGenerated: (generated: GenerateResult) => void
  /** Called after each failed generation; watching continues. */
  readonly onFailure: (error: unknown) => void
}

/** Generates now and after each change of the topology's folder or a source folder, one at a time, until aborted. */
export const watchTopology = async ({
  signal,
  onGenerated,
  onFailure,
  ...options
}: WatchOptions): Promise<void> => {
  let changed = Promise.withResolvers<void>()
  const own = dirname(resolve(options.file))
  const stopped = new Promise<void>((end) => {
    if (signal.aborted) end()
    signal.addEventListener('abort', () => end(), { once: true })
  })
  let folders: readonly string[] = [own]
  // Watchers are recreated each time: the topology may list other folders now.
  while (!signal.aborted) {
    using _ = watchTrees(folders, () => changed.resolve())
    try {
      const generated = await regenerate(options, { signal })
      onGenerated(generated)
      if (generated.folders.some((folder) => !folders.includes(folder))) {
        folders = [own, ...generated.folders]
        // Changes in the new folders were not watched yet, so generate again.
        continue
      }
    } catch (error) {
      if (!signal.aborted) onFailure(error)
    }
    await Promise.race([changed.promise, stopped])
    await settled(signal)
    changed = Promise.withResolvers<void>()
  }
}

// ---

/** Waits for a burst to end: editors save in several steps, and a checkout touches many files. */
const settleMs = 100

const settled = (signal: AbortSignal): Promise<void> =>
  setTimeout(settleMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
