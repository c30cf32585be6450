import type { FileSpec } from '../../model/service-spec.ts'

/** How a program starts, as far as a debugger changes it. */
export interface StartedAs {
  /** Environment variables by name. */
  readonly env: Readonly<Record<string, string>>
  /** Program; absent: the image's. */
  readonly entrypoint?: readonly string[] | undefined
  /** Arguments; absent: the image's, unless `entrypoint` is set. */
  readonly command?: readonly string[] | undefined
}

/** What is known of a program that a debugger should be started with. */
export interface LaunchFacts {
  /** Service, for errors. */
  readonly service: string
  /** How its program starts without a debugger. */
  readonly program: StartedAs
  /** What its image sets; absent for a process of this machine. */
  readonly image?: StartedAs
  /** Port of the debugger in the service's network; the default of the kind is in `debugPorts`. */
  readonly port: number
  /** Whether the program waits for a debugger before its first line. Without effect for PHP. Default `false`. */
  readonly break?: boolean
  /**
   * Folder of this machine with the Python package `debugpy`, or the package itself, for programs that have none.
   * Default: the program must have it.
   */
  readonly debugpy?: string | undefined
  /** Folder, absolute, at which `files` will be found by the program. Default {@link startFolder}. */
  readonly folder?: string | undefined
}

/** How a program starts with a debugger: what it is created with instead. */
export interface DebugLaunch extends StartedAs {
  /** Files that the program needs in addition. */
  readonly files: readonly FileSpec[]
}

/** Where the files that start a debugger are in a service. */
export const startFolder = '/.mesocosm/debug'

/** Start of the line that a program prints when its debugger is missing, before it exits with code 1. */
export const cannotDebug = 'mesocosm: cannot debug this program'

/** Returns a variable as the program would find it. */
export const envOf = (facts: LaunchFacts, name: string): string | undefined =>
  facts.program.env[name] ?? facts.image?.env[name]

/** Returns the words of a variable and more of them, with one space between two. */
export const withWords = (value: string | undefined, ...words: readonly string[]): string =>
  [...(value?.trim() ? [value.trim()] : []), ...words].join(' ')

/** Returns program and arguments as the engine puts them together; empty if unknown. */
export const argvOf = ({ program, image }: LaunchFacts): readonly string[] => {
  if (program.entrypoint !== undefined) return [...program.entrypoint, ...(program.command ?? [])]
  return [...(image?.entrypoint ?? []), ...(program.command ?? image?.command ?? [])]
}

/** Returns the program with more environment, which replaces its own. */
export const withEnv = (
  { program }: LaunchFacts,
  env: Readonly<Record<string, string>>,
  files: readonly FileSpec[] = [],
): DebugLaunch => ({ ...program, env: { ...program.env, ...env }, files })
