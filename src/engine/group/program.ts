import type { CauseFields } from '../../call/call.ts'
import { settledWithin, settledWithinRealTime } from '../../call/pause.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ObservedProgram, ProgramConfig } from '../../plan/desired.ts'
import { createServiceLog, type ServiceLog } from '../logs/service-log.ts'
import type { ExitFacts } from '../probe/await-ready.ts'
import type { EngineContext } from '../run/context.ts'

/** How long the last output of an exited program may take to arrive. */
const outputGraceMs = 2_000

/** How long the engine may take to report the exit of a killed program. */
const endTimeoutMs = 10_000

/** What ended a program, for the record. */
export interface EndCause extends CauseFields {
  readonly by: 'kill' | 'stop' | 'signal'
}

/** One container that runs a service's program, over all its starts. */
export class Program {
  readonly id: string
  readonly hash: string
  readonly config: ProgramConfig
  readonly log: ServiceLog
  readonly logPath: string
  status: ObservedProgram['status'] = 'created'
  ready = false
  /** When it was created or last started, by `performance.now()`. */
  since = performance.now()
  /** What is waited for until it is ready, in words. */
  awaits: string | undefined
  /** Whether its image contains the result of an earlier set-up. */
  readonly prebuilt: boolean
  /** Name of the image to make of it after its set-up, if any. */
  readonly keepAs: string | undefined
  /** Whether it was set up; applies to all starts of this container. */
  prepared = false
  /** Whether its set-up failed, so that its data is half-made and it must be recreated. */
  spoiled = false
  /** What will end it, for the record. */
  cause: EndCause | undefined
  /** How the last start ended; `undefined` while it runs, and until its last output was read. */
  exit: ExitFacts | undefined
  #stopping = false
  readonly #listeners = new Set<() => void>()
  #crashCleared = false
  #outOfMemory = false
  #killed: Promise<void> = Promise.resolve()
  #exited = Promise.withResolvers<ExitFacts>()
  /** Clean-up after the last exit; the next start waits for it. */
  #ending: Promise<void> = Promise.resolve()
  #outputEnded: Promise<void> = Promise.resolve()
  #removal: Promise<void> | undefined
  readonly #lane: string
  readonly #service: string
  readonly #context: EngineContext

  constructor(
    context: EngineContext,
    { lane, service }: { readonly lane: string; readonly service: string },
    made: {
      readonly id: string
      readonly hash: string
      readonly config: ProgramConfig
      readonly prebuilt: boolean
      readonly keepAs: string | undefined
    },
  ) {
    this.id = made.id
    this.hash = made.hash
    this.config = made.config
    this.prebuilt = made.prebuilt
    this.keepAs = made.keepAs
    this.#lane = lane
    this.#service = service
    this.#context = context
    const { record } = context
    this.logPath = record.logPath(lane, service, made.id)
    // Opened at the first start: readers expect the files of a service in order, and the replaced program may
    // write until then.
    this.log = createServiceLog(
      () => record.openLog(lane, service, made.id),
      () => context.logged(lane, service),
    )
  }

  /** Resolves when the current start has ended and its last output was read. */
  get exited(): Promise<ExitFacts> {
    return this.#exited.promise
  }

  /** Resolves when the kill of {@link stop}, if there was one, was sent: its ports are free. */
  get killed(): Promise<void> {
    return this.#killed
  }

  /** Whether it was stopped on purpose. */
  get stopped(): boolean {
    return this.status === 'exited' && this.#stopping
  }

  /** Whether it exited by itself and was not started since. */
  get crashed(): boolean {
    return this.status === 'exited' && !this.#stopping && !this.#crashCleared
  }

  /** Clears the crash flag so that it is restarted. */
  clearCrash(): void {
    this.#crashCleared = true
  }

  /**
   * @param options.keepLines its lines are kept until `log.settled()`, for probes.
   * @param options.rank of the start among the engine calls that wait.
   */
  async start(
    options: { readonly keepLines?: boolean; readonly rank?: number } = {},
  ): Promise<void> {
    await this.#ending
    const { runtime, limit } = this.#context
    const before = this.status
    const outputEnded = Promise.withResolvers<void>()
    this.#exited = Promise.withResolvers<ExitFacts>()
    this.#outputEnded = outputEnded.promise
    this.#killed = Promise.resolve()
    this.cause = undefined
    this.#stopping = false
    this.#crashCleared = false
    this.#outOfMemory = false
    this.exit = undefined
    this.ready = false
    this.since = performance.now()
    this.log.begin(options.keepLines ?? false)
    try {
      await limit(async () => {
        // Set before the call: the exit of a short-lived program can be reported before the call returns.
        this.status = 'running'
        const started = await runtime.start(
          this.id,
          (chunk) => this.log.push(chunk),
          ({ reason }) => this.#onGap(reason),
        )
        void started.outputEnded.then(outputEnded.resolve)
      }, options.rank)
    } catch (error) {
      this.status = before
      outputEnded.resolve()
      throw error
    }
  }

  /**
   * Ends the program; `graceMs` 0 kills at once. Resolves when it has ended, or when `signal` aborts.
   * Throws `ENGINE_FAILED` when it does not end.
   */
  async stop(
    graceMs: number,
    { signal, cause }: { readonly signal?: AbortSignal; readonly cause?: EndCause } = {},
  ): Promise<void> {
    const { runtime } = this.#context
    this.cause = cause ?? this.cause
    if (this.status === 'created') return
    this.#stopping = true
    this.ready = false
    if (this.status === 'exited') return this.#ending
    if (graceMs > 0) {
      await this.#send('SIGTERM')
      if (await settledWithin(this.exited, graceMs, signal)) return
    }
    this.#killed = this.#send('SIGKILL')
    await this.#killed
    if (await settledWithinRealTime(this.exited, endTimeoutMs, signal)) return
    if (signal?.aborted) return
    const state = await runtime.inspect(this.id)
    if (state?.status === 'running' || state?.status === 'paused') throw this.#doesNotEnd()
    // The exit event was lost.
    await this.onExit(state?.exitCode ?? 137)
  }

  /** Removes the container with `remove`; callers that come before the engine has answered share one removal. */
  removed(remove: () => Promise<void>): Promise<void> {
    this.#removal ??= remove().finally(() => {
      this.#removal = undefined
    })
    return this.#removal
  }

  /** Called when the engine reports the exit. */
  onExit(exitCode: number): Promise<void> {
    if (this.status !== 'running' && this.status !== 'paused') return this.#ending
    this.status = 'exited'
    this.ready = false
    this.#ending = this.#end(exitCode)
    return this.#ending
  }

  /** Called when the engine reports a change of health; wakes the probe that waits for it. */
  onHealth(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Calls back when the engine reports a change of health. */
  readonly changed = (listener: () => void): Disposable => {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  onOutOfMemory(): void {
    this.#outOfMemory = true
  }

  observed(): ObservedProgram {
    return {
      id: this.id,
      hash: this.hash,
      config: this.config,
      ...(this.spoiled ? { spoiled: true } : {}),
      status: this.status,
      ready: this.ready,
      ...(this.exit === undefined ? {} : { exitCode: this.exit.exitCode }),
    }
  }

  /** Closes the log of a removed container when the last output was read. */
  async close(): Promise<void> {
    if (!(await settledWithinRealTime(this.#outputEnded, outputGraceMs)))
      this.#onGap(`its last output did not arrive within ${outputGraceMs} ms`)
    this.log.end()
    this.log[Symbol.dispose]()
  }

  #onGap(reason: string): void {
    this.log.gap(reason)
    this.#context.record.events.write('log.gap', {
      l: this.#lane,
      s: this.#service,
      container: this.id.slice(0, 12),
      reason,
    })
  }

  /** A paused program cannot take signals. */
  async #send(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.status === 'paused') await this.#context.runtime.signal(this.id, 'unpause')
    await this.#context.runtime.signal(this.id, signal)
  }

  async #end(exitCode: number): Promise<void> {
    const { resolve } = this.#exited
    // The container was removed or the engine is gone; only the event is left.
    const state = await this.#context.runtime.inspect(this.id).catch(() => undefined)
    await settledWithinRealTime(this.#outputEnded, outputGraceMs)
    this.log.end()
    this.exit = { exitCode, outOfMemory: this.#outOfMemory || (state?.outOfMemory ?? false) }
    resolve(this.exit)
  }

  #doesNotEnd(): MesocosmError {
    return new MesocosmError({
      code: 'ENGINE_FAILED',
      message: `${this.#service} was killed ${endTimeoutMs} ms ago and still runs`,
      remedy: `look at it with \`docker inspect ${this.id.slice(0, 12)}\`; the engine may need a restart`,
      facts: { service: this.#service, container: this.id },
    })
  }
}
