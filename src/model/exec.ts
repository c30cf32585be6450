/** A program to run in a service. */
export interface ExecRequest {
  /** Program and arguments, one string each; no shell. */
  readonly argv: readonly string[]
  /** User or `uid:gid` that the program runs as; default the service's. */
  readonly user?: string
  /** Working folder, absolute; default the service's. */
  readonly cwd?: string
  /** Environment variables in addition to the service's. */
  readonly env?: Readonly<Record<string, string>>
  /** Written to the program's stdin, which is then closed; default empty. */
  readonly stdin?: string
  /** `true`: gives the program a terminal, which merges stderr into stdout. Default `false`. */
  readonly tty?: boolean
}

/** How a program that ran in a service ended. */
export interface ExecResult {
  /** Exit code. */
  readonly exitCode: number
  /** What it wrote to stdout: UTF-8, at most 10 MiB. */
  readonly stdout: string
  /** What it wrote to stderr: UTF-8, at most 10 MiB. */
  readonly stderr: string
  /** Milliseconds that it ran. */
  readonly durationMs: number
  /** Which of the streams was longer than 10 MiB, so that its end is missing; absent if none was. */
  readonly truncated?: { readonly stdout: boolean; readonly stderr: boolean }
}

/** Which of a program's streams are incomplete. */
export type Truncated = NonNullable<ExecResult['truncated']>

/** Returns the field of a result; empty if both streams are complete. */
export const truncatedField = (truncated: Truncated): Pick<ExecResult, 'truncated'> =>
  truncated.stdout || truncated.stderr ? { truncated } : {}
