import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { LocalProgram } from '../runtime/container-spec.ts'

/** Values of the placeholders in the command and the environment of a local program. */
export interface Placeholders {
  /** Ports at which the process must listen, by name, in declared order. */
  readonly ports: ReadonlyMap<string, number>
  /** Folder of the program. */
  readonly dir: string
}

/**
 * Replaces `${PORT}`, `${PORT_<NAME>}` and `${DIR}`. Others stay: they may be meant for a shell.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` for a port that the service does not declare.
 */
export const fillPlaceholders = (text: string, { ports, dir }: Placeholders): string =>
  text.replace(/\$\{(DIR|PORT(?:_[A-Z0-9_]+)?)\}/g, (whole, name: string) => {
    if (name === 'DIR') return dir
    const [first] = ports.values()
    const value =
      name === 'PORT'
        ? first
        : [...ports].find(([port]) => `PORT_${capitalsOf(port)}` === name)?.[1]
    if (value !== undefined) return String(value)
    throw unknownPort(whole, [...ports.keys()])
  })

/** Returns the variables that carry port numbers. */
export const portVariables = (
  { portEnv }: LocalProgram,
  { ports }: Placeholders,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(portEnv).flatMap(([port, name]) => {
      const number = ports.get(port)
      if (number === undefined) throw unknownPort(`portEnv.${port}`, [...ports.keys()])
      return [[name, String(number)]]
    }),
  )

// ---

/** Returns a port's name as in the names of placeholders: `smtp-in` → `SMTP_IN`. */
const capitalsOf = (port: string): string => port.toUpperCase().replace(/[^A-Z0-9]/g, '_')

const unknownPort = (what: string, known: readonly string[]): MesocosmError =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `\`local\` uses ${what}, but the service declares ${
      known.length === 0 ? 'no ports' : `only these ports: ${known.join(', ')}`
    }`,
    remedy: 'declare the port in `ports`, or remove its use from `local`',
    facts: { placeholder: what, ports: known },
  })
