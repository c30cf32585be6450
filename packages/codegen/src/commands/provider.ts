import type { ExecResult } from 'mesocosm'
import type { ServiceCommand } from '../model/command.ts'

/** What is known about a service's command-line tool without running it. */
export interface CommandTool {
  /** Start command from the topology's `cli`; absent if the service declares none. */
  readonly argv?: readonly string[]
  /** Source files of the service. */
  readonly files: ToolFiles
}

/** The source files of a service. Paths are relative to its folder, with `/`. */
export interface ToolFiles {
  /** Returns whether the file exists and can be read. */
  has(path: string): boolean
  /** Returns the content of a file; `undefined` if it does not exist. */
  text(path: string): string | undefined
}

/** A JSON value. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** Runs a program in the service's image; resolves for any exit code. */
export type RunTool = (
  argv: readonly string[],
  options?: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string },
) => Promise<ExecResult>

/** Support for the command-line tools of one framework. */
export interface CommandProvider {
  /** Name of the framework, `symfony`. */
  readonly kind: string
  /** Returns whether the tool is made with this framework; called only if the topology names no kind. */
  detect(tool: CommandTool): boolean
  /** Reads the commands from files; returns `undefined` if they do not list them. */
  readonly static?: (files: ToolFiles) => readonly ServiceCommand[] | undefined
  /** Reads the commands by running the tool; used if `static` is missing or returns `undefined`. */
  readonly probe?: CommandProbe
}

/** Lists commands by running the tool in an already built image. */
export interface CommandProbe {
  /**
   * Runs the tool as often as needed and returns its answer. The answer is committed as is, so it must not contain
   * versions, dates, absolute paths or values of the environment.
   */
  ask(run: RunTool, argv: readonly string[]): Promise<JsonValue>
  /** Returns the commands in an answer; must not throw for what `ask` returned. */
  read(answer: JsonValue): readonly ServiceCommand[]
}

/** @deprecated use {@link CommandTool}. */
export type Tool = CommandTool

/** @deprecated use {@link JsonValue}. */
export type Json = JsonValue
