import type { Socket } from 'node:net'
import type { Address } from '../../model/endpoint.ts'

/** What stands in for an image: a function that is the program, and functions that can be run beside it. */
export interface MemoryImage {
  readonly run: MemoryProgram
  /** Programs for `exec`, by the first word of the argv. */
  readonly exec?: Readonly<Record<string, MemoryCommand>>
  readonly env?: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly exposedPorts?: readonly number[]
  readonly hasHealthcheck?: boolean
}

/** Resolves with the exit code; nothing is 0, a rejection prints the error and is 1. */
export type MemoryProgram = (
  context: ProgramContext,
) => Promise<number | undefined> | number | undefined
export type MemoryCommand = (
  context: CommandContext,
) => Promise<number | undefined> | number | undefined

/** What every function in a container sees of its surroundings. */
interface Context {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly user: string
  readonly hostname: string
  readonly files: MemoryFiles
  /** Writes the text as it is; no line end is added. */
  print(text: string, stream?: 'stdout' | 'stderr'): void
  /** Address of a name on one of the container's networks, as text; `undefined` when no one has it. */
  lookup(name: string): string | undefined
  /** Where `host:port`, seen from inside, really answers on the loopback; `undefined` when nothing does. */
  reach(host: string, port: number): Address | undefined
}

export interface ProgramContext extends Context {
  /** Really listens; reached by `reach` from other containers, and by the published port from outside. */
  listen(port: number, onConnection: (socket: Socket) => void): Promise<void>
  /** Without a handler a signal ends the program with 128 + its number. SIGKILL always does. */
  onSignal(signal: `SIG${string}`, handler: () => void): void
  /** Aborted when the program must be over: it was killed, or removed. What it does then has no effect. */
  readonly over: AbortSignal
  /** What the image's health check says from now on. */
  health(healthy: boolean): void
  /** Ends the program as an exceeded memory limit does. */
  outOfMemory(): void
}

export interface CommandContext extends Context {
  readonly stdin: string
  /** Aborted when the command is killed because of its timeout or its caller. */
  readonly over: AbortSignal
}

export interface MemoryFiles {
  /** Content and permission bits of a file that was copied in or written; `undefined` when there is none. */
  read(path: string): { readonly text: string; readonly mode: number } | undefined
  write(path: string, text: string, mode?: number): void
}
