/** Environment variables over the declared ones; `null` takes one away. */
export type EnvPatch = Readonly<Record<string, string | null>>

/** What was asked of a service beyond its declaration, until the lane is reset. */
export class ServiceState {
  /** By `stop()`, `kill()`, `pause()`. */
  run: 'running' | 'stopped' | 'paused' = 'running'
  disconnected = false
  /** Grace of the stop that is under way; `undefined` for the declared one. */
  graceMs: number | undefined
  #base: EnvPatch = {}
  readonly #stack = new Map<number, EnvPatch>()
  #made = 0

  /** Whether the service is as declared. */
  get pristine(): boolean {
    return this.run === 'running' && !this.disconnected && this.#stack.size === 0 && Object.keys(this.#base).length === 0
  }

  /** Stays until the reset. */
  setEnv(patch: EnvPatch): () => void {
    const before = this.#base
    this.#base = { ...before, ...patch }
    return () => {
      this.#base = before
    }
  }

  /** Stays until {@link dropEnv} with the returned number. */
  pushEnv(patch: EnvPatch): number {
    const id = ++this.#made
    this.#stack.set(id, patch)
    return id
  }

  dropEnv(id: number): boolean {
    return this.#stack.delete(id)
  }

  env(declared: Readonly<Record<string, string>>): Record<string, string> {
    const merged: Record<string, string | null> = { ...declared, ...this.#base }
    for (const patch of this.#stack.values()) Object.assign(merged, patch)
    return Object.fromEntries(
      Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== null),
    )
  }

  clear(): void {
    this.run = 'running'
    this.disconnected = false
    this.graceMs = undefined
    this.#base = {}
    this.#stack.clear()
  }
}
