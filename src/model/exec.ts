export interface ExecRequest {
  readonly argv: readonly string[]
  readonly user?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Written to the program, then closed. */
  readonly stdin?: string
  readonly tty?: boolean
}

/** How a program run in a service ended. */
export interface ExecResult {
  readonly exitCode: number
  /** UTF-8, at most 10 MiB. */
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}
