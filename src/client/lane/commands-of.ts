import { cliOf } from '../../define/cli.ts'
import type { ArgvFunction, Command } from '../../define/command.ts'
import { encodeArgv } from '../../define/run-command.ts'
import type { AnyTopology } from '../../define/topology.ts'
import { isRecord } from '../../model/record.ts'
import type { ServiceCommands } from '../../model/service-commands.ts'

/**
 * Returns the named commands of a topology's services, as far as they are data: what the Control API can run. Commands
 * without parameters are called once, for their argv.
 */
export const commandsOf = async (
  topology: AnyTopology,
): Promise<Readonly<Record<string, ServiceCommands>>> => {
  const services = topology.definition.services as Readonly<Record<string, unknown>>
  const found: Record<string, ServiceCommands> = {}
  for (const [service, definition] of Object.entries(services)) {
    const commands = await ofService(definition)
    if (Object.keys(commands).length > 0) found[service] = commands
  }
  return found
}

// ---

const ofService = async (definition: unknown): Promise<ServiceCommands> => {
  const cli = cliOf(definition)
  const exec = isRecord(definition) && isRecord(definition.exec) ? definition.exec : {}
  const fixed: Record<string, readonly string[]> = {}
  const computed: string[] = []
  for (const [name, command] of Object.entries(exec)) {
    const argv = await fixedArgv(command as Command | ArgvFunction)
    if (argv === undefined) computed.push(name)
    else fixed[name] = argv
  }
  return {
    ...(cli === undefined ? {} : { cli }),
    ...(Object.keys(fixed).length === 0 ? {} : { fixed }),
    ...(computed.length === 0 ? {} : { computed }),
  }
}

/** Returns `undefined` for a command with parameters, and for one that does not work without them. */
const fixedArgv = async (
  command: Command | ArgvFunction,
): Promise<readonly string[] | undefined> => {
  const takesNone =
    typeof command === 'function' ? command.length === 0 : command.args === undefined
  if (!takesNone) return undefined
  try {
    return await encodeArgv(command, [])
  } catch {
    // A rest parameter counts as none; the command reports what it misses when it is called.
    return undefined
  }
}
