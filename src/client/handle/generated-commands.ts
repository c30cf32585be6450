import { toolArgv } from '../../define/tool-argv.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { didYouMean } from '../../errors/nearest.ts'
import type { CliDefinition } from '../../model/cli.ts'
import type { ExecResult } from '../../model/exec.ts'
import { isProbedProperty } from './probed-property.ts'

/** The service that has the commands, and how to run them. */
export interface CommandSource {
  readonly service: string
  /** The service's own command-line tool, when it declares one. */
  readonly cli: CliDefinition | undefined
  /**
   * @param args all arguments of the call.
   * @param argvOf returns program and arguments for the command's own arguments; throws if these are invalid.
   */
  run(
    command: string,
    args: readonly unknown[],
    argvOf: (args: readonly unknown[]) => readonly string[],
  ): Promise<ExecResult>
}

/**
 * Creates an object with the declared commands. Any other name is a command of the service's own tool, a script of its
 * `package.json` (`npm:<script>`) or a program of its package (`bin:<name>`), and is passed on unchecked.
 */
export const withGenerated = (declared: object, source: CommandSource): object =>
  new Proxy(declared, {
    get: (target, name, receiver) =>
      typeof name === 'symbol' || Reflect.has(target, name) || isProbedProperty(name)
        ? Reflect.get(target, name, receiver)
        : async (...args: unknown[]) =>
            // Awaited, so that the caller's line is in the stack of a step.
            await source.run(name, args, (own) => argvOf(name, own, declared, source)),
  })

// ---

const argvOf = (
  command: string,
  args: readonly unknown[],
  declared: object,
  { service, cli }: CommandSource,
): readonly string[] => {
  const argv = toolArgv(command, args, cli)
  if (argv === undefined) throw noSuchCommand(service, command, Object.keys(declared))
  if ('argv' in argv) return argv.argv
  throw new MesocosmError({
    code: 'EXEC_ARGS_INVALID',
    message: `invalid arguments for command ${command} of ${service}; nothing was run`,
    remedy: 'pass strings, numbers or arrays, then an options object',
    facts: { service, command, given: args },
    details: argv.faults,
  })
}

const noSuchCommand = (service: string, command: string, declared: readonly string[]) =>
  new MesocosmError({
    code: 'EXEC_NOT_FOUND',
    message: `${service} has no command "${command}"${didYouMean(command, declared)}`,
    remedy: `declare it under \`exec\`, or declare how the service's own command-line tool is started: \`cli: ['php', 'bin/console']\``,
    facts: { service, command, declared },
  })
