import { dirname, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Generated } from '../topology/generate.ts'
import { type RegenerateOptions, regenerate } from './regenerate.ts'
import { watchTrees } from './watch-tree.ts'

export interface WatchOptions extends RegenerateOptions {
  readonly file: string
  /** Ends watching. */
  readonly signal: AbortSignal
  /** After each generation. */
  readonly onGenerated: (generated: Generated) => void
  /** After each one that failed; watching goes on. */
  readonly onFailure: (error: unknown) => void
}

/** Generates now and whenever the topology's folder or a source folder changes, one at a time, until the signal. */
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
  // Watched anew each time: the topology may name other folders now.
  while (!signal.aborted) {
    using _ = watchTrees(folders, () => changed.resolve())
    try {
      const generated = await regenerate(options, { signal })
      onGenerated(generated)
      if (generated.folders.some((folder) => !folders.includes(folder))) {
        folders = [own, ...generated.folders]
        // What happened there meanwhile nobody saw.
        continue
      }
    } catch (error) {
      if (!signal.aborted) onFailure(error)
    }
    await Promise.race([changed.promise, stopped])
    await quiet(signal)
    changed = Promise.withResolvers<void>()
  }
}

// ---

/** An editor saves in several steps, and a checkout touches many files. */
const quietMs = 100

const quiet = (signal: AbortSignal): Promise<void> =>
  setTimeout(quietMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
