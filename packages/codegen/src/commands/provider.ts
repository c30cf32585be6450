import type { ExecResult } from 'mesocosm'
import type { Command } from '../model/command.ts'

/** What is known of a service's command-line tool without running it. */
export interface Tool {
  /** As the topology says it is started; absent when it does not say. */
  readonly argv?: readonly string[]
  readonly files: ToolFiles
}

/** The files of a service. Paths are relative to its folder, with `/`. */
export interface ToolFiles {
  has(path: string): boolean
  /** `undefined` when there is no such file. */
  text(path: string): string | undefined
}

/** A plain JSON value. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }

/** Runs a program in the service's image, whatever its exit code is. */
export type RunTool = (
  argv: readonly string[],
  options?: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string },
) => Promise<ExecResult>

/** Knows the commands of tools that one framework makes. */
export interface CommandProvider {
  /** Name of the framework, `symfony`. */
  readonly kind: string
  /** Whether the tool looks like one of this kind; asked only where the topology names none. */
  detect(tool: Tool): boolean
  /** Reads the commands off files; `undefined` when they do not tell. */
  readonly static?: (files: ToolFiles) => readonly Command[] | undefined
  readonly probe?: CommandProbe
}

/** Asks the tool itself, inside an image that is built already. */
export interface CommandProbe {
  /**
   * What the tool says, as often asked as needed. It is committed as it is: give it without versions, dates,
   * absolute paths and values of the environment.
   */
  ask(run: RunTool, argv: readonly string[]): Promise<Json>
  /** The commands in such an answer. Must not throw for what `ask` gave. */
  read(answer: Json): readonly Command[]
}
