import { type ErrorOptions, MesocosmError } from './mesocosm-error.ts'

export interface ExecFacts {
  readonly argv: readonly string[]
  /** `undefined` when the program never ended or never started. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A program run in a service failed: `EXEC_FAILED`, `EXEC_NOT_FOUND`, `EXEC_TIMEOUT`, `EXEC_OUTPUT_INVALID`. */
export class ExecError extends MesocosmError {
  readonly argv: readonly string[]
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string

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
