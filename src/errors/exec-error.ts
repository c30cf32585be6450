import { type ErrorOptions, MesocosmError } from './mesocosm-error.ts'

/** How a failed program was started and what it left. */
export interface ExecFacts {
  /** Program and arguments. */
  readonly argv: readonly string[]
  /** Exit code; `undefined` if the program never started or never ended. */
  readonly exitCode: number | undefined
  /** What it wrote to stdout until it failed, UTF-8. */
  readonly stdout: string
  /** What it wrote to stderr until it failed, UTF-8. */
  readonly stderr: string
}

/**
 * The error of a program that failed in a service: `EXEC_FAILED`, `EXEC_NOT_FOUND`, `EXEC_TIMEOUT`,
 * `EXEC_OUTPUT_INVALID`.
 */
export class ExecError extends MesocosmError {
  /** Program and arguments. */
  readonly argv: readonly string[]
  /** Exit code; `undefined` if the program never started or never ended. */
  readonly exitCode: number | undefined
  /** What it wrote to stdout until it failed, UTF-8. */
  readonly stdout: string
  /** What it wrote to stderr until it failed, UTF-8. */
  readonly stderr: string

  /** Creates an error with the facts of the program as fields and as `facts`. */
  constructor(options: ErrorOptions & { readonly exec: ExecFacts }) {
    super({
      ...options,
      facts: {
        ...options.facts,
        argv: options.exec.argv,
        ...(options.exec.exitCode === undefined ? {} : { exitCode: options.exec.exitCode }),
        stdout: options.exec.stdout,
        stderr: options.exec.stderr,
      },
    })
    this.name = 'ExecError'
    this.argv = options.exec.argv
    this.exitCode = options.exec.exitCode
    this.stdout = options.exec.stdout
    this.stderr = options.exec.stderr
  }
}
