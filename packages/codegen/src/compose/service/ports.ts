import type { Remark } from '../note.ts'
import { type Code, call, expression, portNumber } from '../print/code.ts'
import type { Scope } from '../print/scope.ts'
import { textCode } from '../print/text-code.ts'
import { flatText } from '../text/flatten.ts'
import { defaultOf, literal, readText, type Text } from '../text/interpolation.ts'
import { isList, isMapping, type Mapping, scalarText, type Value } from '../yaml/value.ts'
import type { Port } from './draft.ts'
import { knownPort } from './known-ports.ts'

/** A port without a final name. */
export interface BarePort {
  readonly number: number
  readonly code: Code
  readonly protocol: 'tcp' | 'udp'
  readonly name?: string
  readonly scheme?: string
}

/** Returns the ports that a service listens on, from `ports` and `expose`; drops host ports. */
export const portsOf = (
  keys: Mapping,
  scope: Scope,
): { readonly ports: readonly BarePort[]; readonly remarks: readonly Remark[] } => {
  const ports: BarePort[] = []
  const remarks: Remark[] = []
  for (const key of ['ports', 'expose'])
    for (const item of isList(keys[key]) ? keys[key] : []) {
      const found = readPort(item, scope)
      if (typeof found === 'string') remarks.push({ key, text: found })
      else
        ports.push(
          ...found.filter(
            (port) =>
              !ports.some(
                (other) => other.number === port.number && other.protocol === port.protocol,
              ),
          ),
        )
    }
  return { ports, remarks }
}

/** Names ports: by their well-known name, otherwise `http`, then `http9001`. */
export const namedPorts = (ports: readonly BarePort[]): Port[] => {
  const taken = new Set<string>()
  return ports.map(({ number: port, code, protocol, ...given }) => {
    const known = protocol === 'tcp' ? knownPort(port) : undefined
    const base = given.name ?? known?.name ?? (protocol === 'udp' ? `udp${port}` : 'http')
    const name = taken.has(base) ? `${base}${port}` : base
    taken.add(name)
    const scheme = given.scheme ?? known?.scheme ?? (protocol === 'udp' ? 'udp' : 'http')
    return {
      name,
      number: port,
      code,
      protocol,
      scheme,
      explicitScheme: scheme !== impliedScheme(name),
    }
  })
}

/** Returns the expression for a port. */
export const portCode = ({ code, protocol, scheme, explicitScheme }: Port): Code =>
  protocol === 'tcp' && !explicitScheme
    ? code
    : {
        kind: 'object',
        open: false,
        entries: [
          { key: 'port', value: code },
          ...(protocol === 'udp' ? [{ key: 'protocol', value: expression("'udp'") }] : []),
          ...(explicitScheme ? [{ key: 'scheme', value: expression(`'${scheme}'`) }] : []),
        ],
      }

// ---

/** The scheme that the name of a port implies. */
const impliedScheme = (name: string): string => (schemes.has(name) ? name : 'http')

const schemes = new Set(
  (
    'http https ws wss grpc redis amqp amqps smtp smtps imap imaps pop3 postgres mysql mongodb mssql ' +
    'oracle cassandra mqtt mqtts nats kafka ldap ldaps ftp ssh memcached bolt etcd tcp udp'
  ).split(' '),
)

/** Returns the reason as a string if the port is not usable. */
const readPort = (item: Value, scope: Scope): BarePort[] | string => {
  if (isMapping(item)) return longPort(item, scope)
  const raw = scalarText(item)
  if (raw === undefined) return 'an item is not a port.'
  const { string, unflatten } = flatText(raw)
  const [body = '', protocol = 'tcp'] = string.split('/')
  const target = unflatten(body.split(':').at(-1) ?? '')
  return numbered(target, protocol, raw, {}, scope)
}

const longPort = (item: Mapping, scope: Scope): BarePort[] | string => {
  const target = scalarText(item.target)
  if (target === undefined) return '`target` is missing in an item.'
  const name = scalarText(item.name)
    ?.toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  const scheme = scalarText(item.app_protocol)
  const given = {
    ...(name !== undefined && /^[a-z][a-z0-9-]*$/.test(name) && !handleWords.has(name)
      ? { name }
      : {}),
    ...(scheme !== undefined && /^[a-z]+$/.test(scheme) ? { scheme } : {}),
  }
  return numbered(readText(target), scalarText(item.protocol) ?? 'tcp', target, given, scope)
}

const handleWords = new Set([
  ...['name', 'host', 'port', 'logs', 'env', 'exec', 'run', 'restart'],
  ...['stop', 'start', 'kill', 'pause', 'unpause', 'then'],
])

const numbered = (
  target: Text,
  protocol: string,
  raw: string,
  given: { readonly name?: string; readonly scheme?: string },
  scope: Scope,
): BarePort[] | string => {
  const known = defaultOf(target)
  const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(known ?? '') ?? []
  const least = Number(from)
  const most = Number(to)
  if (protocol !== 'tcp' && protocol !== 'udp') return `\`${raw}\` is neither TCP nor UDP.`
  if (known === undefined) return `\`${raw}\` has no default, so the port is unknown.`
  if (from === undefined || least < 1 || most > 65_535 || most < least)
    return `\`${raw}\` is not a valid port.`
  if (most - least >= 10) return `\`${raw}\` is a large range; add the ports that tests use.`
  return Array.from({ length: most - least + 1 }, (_, index) => ({
    number: least + index,
    code:
      literal(target) === undefined && least === most
        ? variable(target, scope)
        : portNumber(least + index),
    protocol,
    ...(index === 0 ? given : {}),
  }))
}

const variable = (target: Text, scope: Scope): Code => {
  const code = textCode(target, scope)
  return call('Number', code)
}
