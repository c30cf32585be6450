import { ExecError } from '../errors/exec-error.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { ExecResult } from '../model/exec.ts'
import { argumentFault } from '../model/program-text.ts'
import { kindOf } from '../model/value-kind.ts'
import type { ArgvFunction, Command, CommandOptions } from './command.ts'

/** Which command of which service it is, for errors. */
export interface CommandOrigin {
  /** Name of the service. */
  readonly service: string
  /** Name of the command. */
  readonly command: string
}

/**
 * Calls a declared command: checks the arguments, runs the program with `run` and checks exit code and output.
 *
 * @param args the command's own arguments, without options.
 * @param options.reject `false`: returns the result of `run` whatever its exit code is.
 * @throws {MesocosmError} `EXEC_ARGS_INVALID`; {ExecError} `EXEC_FAILED`, `EXEC_OUTPUT_INVALID`; what `run` throws.
 */
export const runCommand = async (
  origin: CommandOrigin,
  command: Command | ArgvFunction,
  args: readonly unknown[],
  run: (argv: readonly string[]) => Promise<ExecResult>,
  { reject = true }: Pick<CommandOptions, 'reject'> = {},
): Promise<unknown> => {
  const argv = await encodeArgv(command, args, origin)
  const result = await run(argv)
  if (!reject) return result
  return typeof command === 'function'
    ? succeeded(result, argv, origin)
    : decodeOutput(command, result, argv, origin)
}

/**
 * Returns the result of a program that exited with 0.
 *
 * @throws {ExecError} `EXEC_FAILED` for any other exit code.
 */
export const succeeded = (
  result: ExecResult,
  argv: readonly string[],
  origin?: CommandOrigin,
): ExecResult => {
  const { exitCode, stdout, stderr, durationMs } = result
  if (exitCode === 0) return result
  throw new ExecError({
    code: 'EXEC_FAILED',
    message: `${nameOf(origin)} exited with code ${exitCode}`,
    remedy:
      'read its output above; call it with `{ reject: false }` if exit codes other than 0 are expected',
    facts: { ...origin, durationMs },
    details: [
      `argv: ${JSON.stringify(argv)}`,
      ...lastLines('stdout', stdout),
      ...lastLines('stderr', stderr),
    ],
    exec: { argv, exitCode, stdout, stderr },
  })
}

/**
 * Returns the program and arguments of one call.
 *
 * @param args what the caller passed: all parameters of a function, or the one argument of a command with schemas.
 * @throws {MesocosmError} `EXEC_ARGS_INVALID` with one line of `details` per fault.
 */
export const encodeArgv = async (
  command: Command | ArgvFunction,
  args: readonly unknown[],
  origin?: CommandOrigin,
): Promise<readonly string[]> => {
  if (typeof command === 'function') return checkedArgv(command(...(args as never[])), origin)
  if (command.args === undefined) return checkedArgv(command.argv(undefined as never), origin)
  const parsed = await parseArgs(command.args, args[0])
  if ('faults' in parsed) throw argsInvalid(parsed.faults, origin, args[0])
  return checkedArgv(command.argv(parsed.value as never), origin)
}

/**
 * Returns what a command with schemas resolves to.
 *
 * @throws {ExecError} `EXEC_FAILED` if the exit code is not 0, `EXEC_OUTPUT_INVALID` if stdout does not match the schema.
 */
export const decodeOutput = async (
  command: Command,
  result: ExecResult,
  argv: readonly string[] = [],
  origin?: CommandOrigin,
): Promise<unknown> => {
  succeeded(result, argv, origin)
  if (command.output === undefined) return result
  const parsed = await parseOutput(command.output, result.stdout)
  if (!('faults' in parsed)) return parsed.value
  throw new ExecError({
    code: 'EXEC_OUTPUT_INVALID',
    message: `the output of ${nameOf(origin)} does not match its schema`,
    remedy:
      'print one JSON value to stdout and everything else to stderr, or correct the `output` schema',
    facts: { ...origin, durationMs: result.durationMs },
    details: [
      ...parsed.faults,
      ...(result.truncated?.stdout ? ['stdout was longer than 10 MiB: its end is missing'] : []),
      `argv: ${JSON.stringify(argv)}`,
      ...lastLines('stdout', result.stdout),
    ],
    exec: { argv, exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr },
  })
}

type Parsed = { readonly value: unknown } | { readonly faults: readonly string[] }

/** A call without an argument passes the empty object if the schema does not take `undefined`. */
const parseArgs = async (schema: unknown, given: unknown): Promise<Parsed> => {
  const parsed = await validate(schema, given)
  return 'faults' in parsed && given === undefined ? validate(schema, {}) : parsed
}

const parseOutput = async (schema: unknown, stdout: string): Promise<Parsed> => {
  const text = stdout.trim()
  const asText = () => validate(schema, text)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const parsed = await asText()
    return 'faults' in parsed
      ? { faults: [`stdout is not JSON: ${(error as Error).message}`] }
      : parsed
  }
  const parsed = await validate(schema, json)
  if (!('faults' in parsed)) return parsed
  // `123` is JSON, but a schema of strings expects the text.
  const second = await asText()
  return 'faults' in second ? parsed : second
}

/** Standard Schema, which zod 4 implements: no schema library is imported. */
interface StandardSchema {
  readonly '~standard': {
    validate(value: unknown): StandardResult | Promise<StandardResult>
  }
}

type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

const validate = async (schema: unknown, value: unknown): Promise<Parsed> => {
  const result = await (schema as StandardSchema)['~standard'].validate(value)
  return result.issues === undefined
    ? { value: result.value }
    : { faults: result.issues.map(fault) }
}

const fault = (issue: StandardIssue): string => {
  const path = (issue.path ?? []).map((key) => String(typeof key === 'object' ? key.key : key))
  return path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`
}

const checkedArgv = (argv: unknown, origin?: CommandOrigin): readonly string[] => {
  if (!Array.isArray(argv) || argv.length === 0)
    throw argsInvalid(['argv: expected an array with at least the program'], origin, argv)
  const faults = Array.from(argv, (arg: unknown, index) => {
    const fault =
      typeof arg === 'string' ? argumentFault(arg) : `expected a string, got ${kindOf(arg)}`
    return fault === undefined ? [] : [`argv[${index}]: ${fault}`]
  }).flat()
  if (faults.length > 0) throw argsInvalid(faults, origin, argv)
  return argv
}

const argsInvalid = (
  faults: readonly string[],
  origin: CommandOrigin | undefined,
  given: unknown,
) =>
  new MesocosmError({
    code: 'EXEC_ARGS_INVALID',
    message: `invalid arguments for ${nameOf(origin)}; nothing was run`,
    remedy: 'correct the arguments of the call, or the command in the topology',
    facts: { ...origin, given },
    details: faults,
  })

const nameOf = (origin: CommandOrigin | undefined): string =>
  origin === undefined ? 'the command' : `command ${origin.command} of ${origin.service}`

const lastLines = (stream: string, text: string): string[] =>
  text.trimEnd() === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .slice(-20)
        .map((line) => `${stream}: ${line}`)
