import { join } from 'node:path'
import type { ObservedProgram, ProgramConfig } from '../plan/desired.ts'
import type { EngineContext } from './context.ts'
import { settledWithin } from './deadline.ts'
import { createServiceLog, type ServiceLog } from './logs/service-log.ts'
import type { ExitFacts } from './probe/await-ready.ts'

/** After the end of a program, how long its last output may take to arrive. */
const outputGraceMs = 2_000

/** One container that runs a service's program, through all its starts. */
export class Program {
  readonly id: string
  readonly hash: string
  readonly config: ProgramConfig
  readonly log: ServiceLog
  readonly logPath: string
  status: ObservedProgram['status'] = 'created'
  ready = false
  /** Started from an image on which it was set up before. */
  readonly prebuilt: boolean
  /** Set up; holds for all starts of this container. */
  prepared = false
  /** Set while we end it, so that its end is not taken for a crash. */
  stopping = false
  /** How the last start ended; `undefined` while it runs. */
  exit: ExitFacts | undefined
  #exited = Promise.withResolvers<ExitFacts>()
  #outputEnded: Promise<void> = Promise.resolve()
  readonly #context: EngineContext

  constructor(
    context: EngineContext,
    place: { readonly lane: string; readonly service: string },
    made: { readonly id: string; readonly hash: string; readonly config: ProgramConfig; readonly prebuilt: boolean },
  ) {
    this.id = made.id
    this.hash = made.hash
    this.config = made.config
    this.prebuilt = made.prebuilt
    this.#context = context
    const file = context.record.openLog(place.lane, place.service, made.id)
    this.logPath = join(file.path)
    this.log = createServiceLog(file, () => context.logged(place.lane, place.service))
  }

  /** Resolves when the current start has ended and its last output was read. */
  get exited(): Promise<ExitFacts> {
    return this.#exited.promise
  }

  /** Ended by itself, not by us. */
  get crashed(): boolean {
    return this.exit !== undefined && !this.stopping
  }

  async start(): Promise<void> {
    this.#exited = Promise.withResolvers<ExitFacts>()
    this.exit = undefined
    this.ready = false
    this.stopping = false
    this.log.begin()
    const { outputEnded } = await this.#context.limit(() =>
      this.#context.runtime.start(this.id, (chunk) => this.log.push(chunk)),
    )
    this.#outputEnded = outputEnded
    // It may have ended before the call came back.
    if (this.exit === undefined) this.status = 'running'
  }

  /** Ends the program; `graceMs` 0 kills at once. Resolves when it has ended. */
  async stop(graceMs: number): Promise<void> {
    const { runtime } = this.#context
    if (this.status === 'paused') await runtime.signal(this.id, 'unpause')
    this.stopping = true
    this.ready = false
    if (this.status === 'exited' || this.status === 'created') return
    if (graceMs > 0) {
      await runtime.signal(this.id, 'SIGTERM')
      if (await settledWithin(this.exited, graceMs)) return
    }
    await runtime.signal(this.id, 'SIGKILL')
    await this.exited
  }

  /** The engine says that it ended. */
  async onExit(exitCode: number): Promise<void> {
    this.status = 'exited'
    this.ready = false
    const { resolve } = this.#exited
    const state = await this.#context.runtime.inspect(this.id).catch(() => undefined)
    await settledWithin(this.#outputEnded, outputGraceMs)
    this.log.end()
    this.exit = { exitCode, outOfMemory: state?.outOfMemory ?? false }
    resolve(this.exit)
  }

  observed(): ObservedProgram {
    return {
      id: this.id,
      hash: this.hash,
      config: this.config,
      status: this.status,
      ready: this.ready,
      ...(this.exit === undefined ? {} : { exitCode: this.exit.exitCode }),
    }
  }

  close(): void {
    this.log[Symbol.dispose]()
  }
}
