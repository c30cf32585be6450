import type { EnvOverrides } from '../../model/lane-change.ts'
import type { LocalSpec } from '../../model/service-spec.ts'
import { DebugRequests } from '../debug/debug-requests.ts'

/** Changes of a service that override its declaration until the lane is reset. */
export class ServiceOverrides {
  /** Set by `stop()`, `kill()` and `pause()`. */
  run: 'running' | 'stopped' | 'paused' = 'running'
  disconnected = false
  /** Grace of the stop that is under way; `undefined` for the declared one. */
  graceMs: number | undefined
  /** Who debugs it. */
  readonly debug = new DebugRequests()
  /** Patches in order; a later one wins. */
  readonly #patches = new Map<number, EnvOverrides>()
  /** Swaps in order; the last one counts. */
  readonly #swaps = new Map<number, LocalSpec>()
  /** Whether it runs as a process in every lane of its lease, by `MESOCOSM_LOCAL`; resets keep that. */
  isLocal = false
  #made = 0

  /** Whether the service is as declared. */
  get pristine(): boolean {
    return this.answersAsDeclared && this.debug.current === undefined
  }

  /** Whether others find it as declared; a debugger that is only there does not change that. */
  get answersAsDeclared(): boolean {
    return (
      this.run === 'running' &&
      !this.disconnected &&
      !this.changesEnv &&
      this.#swaps.size === 0 &&
      this.debug.current?.break !== true
    )
  }

  /** How it runs as a process until that is dropped; `undefined` if no call has asked for it. */
  get swapped(): LocalSpec | undefined {
    return [...this.#swaps.values()].at(-1)
  }

  /** Lets it run as a process until {@link dropSwap} with the returned number, or the reset. */
  swap(local: LocalSpec): number {
    const id = ++this.#made
    this.#swaps.set(id, local)
    return id
  }

  /** Returns whether the swap existed. */
  dropSwap(id: number): boolean {
    return this.#swaps.delete(id)
  }

  /** Whether the environment may differ from the declared one. */
  get changesEnv(): boolean {
    return this.#patches.size > 0
  }

  /** Adds a patch that stays until {@link dropEnv} with the returned number, or the reset. */
  patchEnv(patch: EnvOverrides): number {
    const id = ++this.#made
    this.#patches.set(id, patch)
    return id
  }

  /** Returns whether the patch existed. */
  dropEnv(id: number): boolean {
    return this.#patches.delete(id)
  }

  /** Replaces all patches by this one; returns how to undo that, which keeps patches that were added since. */
  replaceEnv(patch: EnvOverrides): () => void {
    const former = [...this.#patches]
    this.#patches.clear()
    const id = Object.keys(patch).length === 0 ? undefined : this.patchEnv(patch)
    return () => {
      const since = [...this.#patches].filter(([other]) => other !== id)
      this.#patches.clear()
      for (const [other, kept] of [...former, ...since]) this.#patches.set(other, kept)
    }
  }

  env(declared: Readonly<Record<string, string>>): Record<string, string> {
    const merged: Record<string, string | null> = { ...declared }
    for (const patch of this.#patches.values()) Object.assign(merged, patch)
    return Object.fromEntries(
      Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null),
    )
  }

  clear(): void {
    this.run = 'running'
    this.disconnected = false
    this.graceMs = undefined
    this.debug.reset()
    this.#patches.clear()
    this.#swaps.clear()
  }
}
