import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { largerTrace, type TraceMode } from '../model/trace-mode.ts'
import type { RunUse } from './supervisor.ts'

/** Whose report is written, and as what. */
export interface RunReportOptions {
  /** Folder of the run's record. */
  readonly folder: string
  /** What is kept of the run if no client says it. */
  readonly trace: TraceMode
  readonly log: (text: string) => void
  /** Program that writes it; default the one of this package. */
  readonly program?: string
  /** Milliseconds that the run goes on without clients; default 5 000. */
  readonly graceMs?: number
  /** Milliseconds without a held lane, while clients stay, after which it is written; default 1 000. */
  readonly quietMs?: number
}

/** A test file may follow the one before it so soon. */
const defaultQuietMs = 1_000

/** A grace that is about as long as it takes to write a report. */
const shortGraceMs = 1_000

/** Longest that the end of a run waits for its report: the process that writes it goes on without the supervisor. */
const atMostMs = 10_000

/** How many times longer than it took the next report waits, while the run goes on. */
const rest = 20

/**
 * Has the report of a run written, by processes of their own: whenever no test uses the run, so that the report is there
 * when a runner has ended, also in a run that stays, and when the run has ended.
 */
export class RunReport {
  readonly #options: RunReportOptions
  #asked: TraceMode | undefined
  #changed = false
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #notBefore = 0

  constructor(options: RunReportOptions) {
    this.#options = options
  }

  /** What is kept of the run. */
  get mode(): TraceMode {
    return this.#asked ?? this.#options.trace
  }

  uses(use: RunUse): void {
    clearTimeout(this.#timer)
    if (use.kind === 'lease') {
      this.#changed = true
      const { trace } = use
      if (trace !== undefined)
        this.#asked = this.#asked === undefined ? trace : largerTrace(this.#asked, trace)
      return
    }
    const { quietMs = defaultQuietMs, graceMs = 5_000 } = this.#options
    // A run that ends soon has one report, unless it is kept.
    const leftMs = graceMs < shortGraceMs ? graceMs + shortGraceMs : 0
    const wait = Math.max(
      use.kind === 'left' ? leftMs : quietMs,
      Math.ceil(this.#notBefore - performance.now()),
    )
    this.#timer = setTimeout(() => void this.#writeSoFar(), wait)
  }

  /** Writes the report of the run that has ended, and removes what is not kept. */
  async finish(): Promise<void> {
    clearTimeout(this.#timer)
    this.#changed = false
    await this.#writing
    const { promise, resolve } = Promise.withResolvers<void>()
    const late = setTimeout(resolve, atMostMs)
    void this.#write('--ended').then(resolve)
    await promise
    clearTimeout(late)
  }

  async #writeSoFar(): Promise<void> {
    if (!this.#changed || this.#writing !== undefined || this.mode === 'off') return
    this.#changed = false
    const start = performance.now()
    this.#writing = this.#write()
    await this.#writing
    this.#writing = undefined
    const end = performance.now()
    this.#notBefore = end + (end - start) * rest
  }

  #write(...more: string[]): Promise<void> {
    const { folder, log, program = reportProgram() } = this.#options
    const { promise, resolve } = Promise.withResolvers<void>()
    let child: ChildProcess
    try {
      child = spawn(process.execPath, [program, '--folder', folder, '--mode', this.mode, ...more], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
    } catch (error) {
      log(`no report: ${String(error)}`)
      return Promise.resolve()
    }
    child.once('error', (error) => {
      log(`no report: ${error.message}`)
      resolve()
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => log(text.trimEnd()))
    child.once('close', () => resolve())
    return promise
  }
}

// ---

/** The bundle of the supervisor starts the bundle of that program, which is as old. */
const reportProgram = (): string => {
  const own = import.meta.url
  const name = own.endsWith('.ts')
    ? 'program.ts'
    : own.endsWith('/process.js')
      ? 'process.js'
      : 'program.js'
  return fileURLToPath(new URL(`../report/finish/${name}`, own))
}
