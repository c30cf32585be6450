import type { z } from 'zod'
import type { ExecResult } from '../model/exec.ts'
import type { WaitOptions } from './handle.ts'
import type { Nothing } from './register.ts'

declare const io: unique symbol

/** A named command of a service with schemas. `In` is what a call takes, `Out` what it resolves to. */
export interface Command<In = unknown, Out = unknown> {
  /** Schema of the one argument; a call without it takes none. */
  readonly args?: z.core.SomeType
  /** Schema of stdout, parsed as JSON; without it a call resolves to the `ExecResult`. */
  readonly output?: z.core.SomeType
  /** Returns program and arguments, one string each; no shell. */
  argv(args: never): readonly string[]
  /** For types only; never set. */
  readonly [io]?: [In, Out]
}

/** A named command without schemas: a function of its arguments that returns program and arguments. */
export type ArgvFunction = (...args: never[]) => readonly string[]

/**
 * Declares a named command whose arguments and output are checked by schemas (zod 4).
 * Without schemas, write a function: `seed: (rows: number) => ['node', 'cli.js', 'seed', String(rows)]`.
 *
 * @param definition.args schema of the one argument; a call takes its input, `argv` gets its output.
 * @param definition.output schema of stdout, parsed as JSON; a schema of strings gets the trimmed stdout if that
 *   is not JSON. Without it a call resolves to the {@link ExecResult}.
 * @param definition.argv program and arguments, one string each; no shell.
 * @throws on call: {@link MesocosmError} `EXEC_ARGS_INVALID`; {@link ExecError} `EXEC_FAILED`, `EXEC_OUTPUT_INVALID`.
 */
export const defineCommand = <
  A extends z.core.SomeType | undefined = undefined,
  O extends z.core.SomeType | undefined = undefined,
>(definition: {
  readonly args?: A
  readonly output?: O
  // Through `z.output`, never by inferring from `z.ZodType<O, I>`: that is 15 times slower to check.
  readonly argv: (args: A extends z.core.SomeType ? z.output<A> : undefined) => readonly string[]
}): Command<InputOf<A>, O extends z.core.SomeType ? z.output<O> : ExecResult> =>
  definition as Command<InputOf<A>, O extends z.core.SomeType ? z.output<O> : ExecResult>

type InputOf<A> = A extends z.core.SomeType ? z.input<A> : undefined

/** Options of a call of a named command, after its own arguments. `timeoutMs` is 30 000 by default. */
export interface CommandOptions extends WaitOptions {
  /**
   * `false`: resolves to the {@link ExecResult} whatever the exit code is, without reading the output. Default `true`:
   * an exit code other than 0 throws `EXEC_FAILED`.
   */
  readonly reject?: boolean
}

/** How a declared command is called: one with schemas takes one argument, a function its own parameters; then options. */
export type CommandCall<C> = C extends (...args: infer A) => readonly string[]
  ? number extends A['length']
    ? (...args: A | [...A, CommandOptions]) => Promise<ExecResult>
    : (...args: [...A, options?: CommandOptions]) => Promise<ExecResult>
  : C extends Command<infer In, infer Out>
    ? [In] extends [undefined]
      ? <const O extends CommandOptions>(options?: O) => Promise<ResultOf<Out, O>>
      : undefined extends In
        ? <const O extends CommandOptions>(args?: In, options?: O) => Promise<ResultOf<Out, O>>
        : Nothing extends In
          ? <const O extends CommandOptions>(args?: In, options?: O) => Promise<ResultOf<Out, O>>
          : <const O extends CommandOptions>(args: In, options?: O) => Promise<ResultOf<Out, O>>
    : never

type ResultOf<Out, O> = O extends { readonly reject: false } ? ExecResult : Out
