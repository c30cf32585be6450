import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { Address } from '../../model/endpoint.ts'
import type { TerminalSize } from '../interactive-program.ts'

/** An image of the in-memory runtime: a function as its program, and functions that `exec` can run. */
export interface MemoryImage {
  /** The program. */
  readonly run: MemoryProgram
  /** Programs for `exec`, by the first word of the argv. */
  readonly exec?: Readonly<Record<string, MemoryCommand>>
  /** Platform of the image; default `linux/amd64`. */
  readonly platform?: string
  /** Environment that the image sets. */
  readonly env?: Readonly<Record<string, string>>
  /** First words of the argv, unless the container sets its own. */
  readonly entrypoint?: readonly string[]
  /** Further words of the argv, unless the container sets its own. */
  readonly command?: readonly string[]
  /** Working folder that the image sets. */
  readonly workdir?: string
  /** Exposed TCP ports. */
  readonly exposedPorts?: readonly number[]
  /** Whether the program reports its health; default false. */
  readonly hasHealthcheck?: boolean
}

/** A program; returns its exit code, `undefined` for 0. A rejection prints the error and is exit code 1. */
export type MemoryProgram = (
  context: ProgramContext,
) => Promise<number | undefined> | number | undefined

/** A program run by `exec`; returns its exit code, `undefined` for 0. A rejection rejects the `exec`. */
export type MemoryCommand = (
  context: CommandContext,
) => Promise<number | undefined> | number | undefined

/** What every function in a container gets. */
interface Context {
  /** Program and arguments. */
  readonly argv: readonly string[]
  /** Environment of image, container and `exec`, merged. */
  readonly env: Readonly<Record<string, string>>
  /** Working folder; default `/`. */
  readonly cwd: string
  /** User; default `root`. */
  readonly user: string
  /** Host name; default from the id of the container. */
  readonly hostname: string
  /** Files of the container. */
  readonly files: MemoryFiles
  /** Writes text without adding a line end; default stream `stdout`. */
  print(text: string, stream?: 'stdout' | 'stderr'): void
  /** Returns the address of a name on one of the container's networks; `undefined` for an unknown name. */
  lookup(name: string): string | undefined
  /** Returns the loopback address behind `host:port` as seen from inside; `undefined` if nothing listens. */
  reach(host: string, port: number): Address | undefined
}

/** What a program gets. */
export interface ProgramContext extends Context {
  /** Listens on a real port, reached through `reach` from inside and through the published port from outside. */
  listen(port: number, onConnection: (socket: Socket) => void): Promise<void>
  /** Handles a signal; without a handler, and always for SIGKILL, it ends the program with 128 + its number. */
  onSignal(signal: `SIG${string}`, handler: () => void): void
  /** Aborted when the program was killed or removed; later calls of this context have no effect. */
  readonly over: AbortSignal
  /** Sets the result of the image's health check. */
  health(healthy: boolean): void
  /** Its input; ends at once unless it was started by `startInteractive`. */
  readonly input: Readable
  /** Returns the size of its terminal; `undefined` before a size was set, and without a terminal. */
  terminalSize(): TerminalSize | undefined
  /** Ends the program as an exceeded memory limit does. */
  outOfMemory(): void
}

/** What a program run by `exec` gets. */
export interface CommandContext extends Context {
  /** All of stdin; empty when none was given. */
  readonly stdin: string
  /** Aborted when the command is killed, on its timeout or by its caller. */
  readonly over: AbortSignal
}

/** Files of a container. */
export interface MemoryFiles {
  /** Returns content and permission bits of a file; `undefined` when it is missing. */
  read(path: string): { readonly text: string; readonly mode: number } | undefined
  /** Writes a file; default mode `0o644`. */
  write(path: string, text: string, mode?: number): void
}
