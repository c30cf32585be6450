import { toolArgv } from '../define/tool-argv.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { didYouMean } from '../errors/nearest.ts'
import { own } from '../model/record.ts'
import type { ServiceCommands } from '../model/service-commands.ts'

/**
 * Returns program and arguments of a named command, as far as data says them: commands without parameters, those of the
 * service's own tool, `npm:` and `bin:`. Throws `EXEC_NOT_FOUND`, `EXEC_ARGS_INVALID`.
 */
export const commandArgv = (
  service: string,
  { command, args }: { readonly command: string; readonly args: readonly unknown[] },
  commands: ServiceCommands = {},
): readonly string[] => {
  const { cli, fixed = {}, computed = [] } = commands
  const argv = own(fixed, command)
  if (argv !== undefined) {
    if (args.length === 0) return argv
    throw invalid(service, command, args, ['args: the command takes none here'])
  }
  if (computed.includes(command)) throw needsCode(service, command)
  const made = toolArgv(command, args, cli)
  if (made === undefined) throw unknown(service, command, [...Object.keys(fixed), ...computed])
  if ('argv' in made) return made.argv
  throw invalid(service, command, args, made.faults)
}

// ---

const invalid = (
  service: string,
  command: string,
  given: readonly unknown[],
  details: readonly string[],
) =>
  new MesocosmError({
    code: 'EXEC_ARGS_INVALID',
    message: `invalid arguments for command ${command} of ${service}; nothing was run`,
    remedy: 'pass strings, numbers or arrays, then an object of options',
    facts: { service, command, given },
    details,
  })

const needsCode = (service: string, command: string) =>
  new MesocosmError({
    code: 'EXEC_NOT_FOUND',
    message: `command ${command} of ${service} is a function of the topology, which only tests in TypeScript can call`,
    remedy: 'pass its program and arguments as `argv`',
    facts: { service, command },
  })

const unknown = (service: string, command: string, declared: readonly string[]) =>
  new MesocosmError({
    code: 'EXEC_NOT_FOUND',
    message: `${service} has no command "${command}"${didYouMean(command, declared)}`,
    remedy: `pass \`argv\`, or declare how the service's own command-line tool is started: \`cli: ['php', 'bin/console']\``,
    facts: { service, command, declared },
  })
