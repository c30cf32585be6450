import type { Draft, EnvItem, Port } from '../service/draft.ts'
import { defaultPort } from '../service/known-ports.ts'
import { type Flat, flatten } from '../text/flatten.ts'
import { defaultOf, joined, sameText, type Text } from '../text/interpolation.ts'
import { type Mention, mentions } from './mention.ts'
import type { Target } from './target.ts'

/** Part of a value: text, or an output of another service. */
export type Part = { readonly text: Text } | { readonly service: string; readonly output: string }

/** Returns the variables of a service that mention other services, with references in place of the mentions. */
export const referring = (
  draft: Draft,
  targets: readonly Target[],
): ReadonlyMap<string, readonly Part[]> => {
  const others = targets.filter(({ name }) => name !== draft.name)
  const found = new Map<string, readonly Part[]>()
  for (const item of draft.env) {
    const parts = partsOf(item, others)
    if (parts?.some((part) => 'service' in part)) found.set(item.key, parts)
  }
  for (const [key, part] of relatedValues(draft, others, found)) found.set(key, [part])
  return found
}

// ---

const partsOf = ({ key, value }: EnvItem, targets: readonly Target[]): Part[] | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const flat = flatten(value)
  const whole = targets.find(({ hosts }) => hosts.includes(flat.string))
  if (whole !== undefined)
    return hostKey.test(key) ? [{ service: whole.name, output: 'host' }] : undefined
  const parts: Part[] = []
  let at = 0
  for (const mention of mentions(flat.string, targets)) {
    const made = mention.scheme === undefined ? pair(mention, flat) : url(mention, flat)
    if (made === undefined) continue
    parts.push({ text: flat.unflatten(flat.string.slice(at, mention.start)) }, ...made.parts)
    at = made.end
  }
  return tidy([...parts, { text: flat.unflatten(flat.string.slice(at)) }])
}

const hostKey =
  /(host|hosts|hostname|server|servers|addr|address|endpoint|broker|brokers|nodes?|service|url|uri|dsn|peers?)$/i

interface Made {
  readonly parts: readonly Part[]
  readonly end: number
}

/** `host:port` */
const pair = (mention: Mention, flat: Flat): Made | undefined => {
  const port = portOf(mention, flat)
  if (port === undefined) return undefined
  const { target } = mention
  return {
    parts: [
      { service: target.name, output: hostOutput(target, port) },
      { text: [':'] },
      { service: target.name, output: portOutput(target, port) },
    ],
    end: mention.end,
  }
}

const url = (mention: Mention, flat: Flat): Made | undefined => {
  const { target, scheme = '', login } = mention
  const [user, password] = splitLogin(login)
  const ofPlugin = target.choice?.url?.({
    scheme,
    user: user === undefined ? undefined : flat.unflatten(user),
    password: password === undefined ? undefined : flat.unflatten(password),
    path: flat.unflatten(mention.path),
  })
  if (ofPlugin !== undefined)
    return {
      parts: ofPlugin.map((part) =>
        'output' in part ? { service: target.name, output: part.output } : part,
      ),
      end: mention.end + mention.path.length,
    }
  const port = portOf(mention, flat)
  if (mention.port !== undefined && port === undefined) return undefined
  if (port !== undefined && login === undefined && port.scheme === scheme)
    return { parts: [{ service: target.name, output: `${port.name}.url` }], end: mention.end }
  return {
    parts: [
      { text: [`${scheme}://`, ...(login === undefined ? [] : [...flat.unflatten(login), '@'])] },
      { service: target.name, output: port === undefined ? 'host' : hostOutput(target, port) },
      ...(port === undefined || mention.port === undefined
        ? []
        : [{ text: [':'] }, { service: target.name, output: portOutput(target, port) }]),
    ],
    end: mention.end,
  }
}

const splitLogin = (login: string | undefined): [string?, string?] => {
  if (login === undefined) return []
  const at = login.indexOf(':')
  return at === -1 ? [login] : [login.slice(0, at), login.slice(at + 1)]
}

/** The port that is given, or the default port of the scheme. */
const portOf = ({ target, port, scheme }: Mention, flat: Flat): Port | undefined => {
  const text = port === undefined ? undefined : defaultOf(flat.unflatten(port))
  const number = port === undefined ? defaultPort(scheme ?? '') : Number(text)
  return target.ports.find((one) => one.protocol === 'tcp' && one.number === number)
}

/** The outputs `host` and `port` belong to the first port. */
const hostOutput = ({ ports }: Target, port: Port) =>
  ports[0] === port ? 'host' : `${port.name}.host`
const portOutput = ({ ports }: Target, port: Port) =>
  ports[0] === port ? 'port' : `${port.name}.port`

/** Variables that belong to a host in another variable: its port, and values that are outputs of a plugin. */
const relatedValues = (
  draft: Draft,
  targets: readonly Target[],
  found: ReadonlyMap<string, readonly Part[]>,
): [string, Part][] => {
  const used = new Set(
    [...found.values()].flatMap((parts) =>
      parts.flatMap((part) => ('service' in part ? part.service : [])),
    ),
  )
  const ports = [...found].flatMap(([key, [first]]): [string, Part][] => {
    const prefix = /^(.*?)_?(HOST|HOSTNAME|SERVER|ADDR|ADDRESS)$/i.exec(key)?.[1]
    const target =
      first !== undefined && 'service' in first
        ? targets.find(({ name }) => name === first.service)
        : undefined
    const item = draft.env.find(
      (one) =>
        one.key.toUpperCase() === `${prefix}_PORT`.toUpperCase() ||
        one.key.toUpperCase() === `${prefix}PORT`.toUpperCase(),
    )
    if (prefix === undefined || target === undefined || item === undefined || found.has(item.key))
      return []
    const port = target.ports.find(({ number }) => String(number) === plain(item))
    return port === undefined
      ? []
      : [[item.key, { service: target.name, output: portOutput(target, port) }]]
  })
  const values = targets
    .filter(({ name }) => used.has(name))
    .flatMap(({ name, choice }) =>
      draft.env.flatMap((item): [string, Part][] => {
        const match = choice?.values?.find(({ key }) => key.test(item.key))
        if (match === undefined || found.has(item.key)) return []
        return sameText(textOf(item), match.value)
          ? [[item.key, { service: name, output: match.output }]]
          : []
      }),
    )
  return [...ports, ...values]
}

const textOf = ({ key, value }: EnvItem): Text =>
  value === null ? [{ name: key }] : typeof value === 'object' ? value : [String(value)]

const plain = (item: EnvItem) => defaultOf(textOf(item))

const tidy = (parts: readonly Part[]): Part[] => {
  const result: Part[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if ('service' in part) result.push(part)
    else if (part.text.length === 0) continue
    else if (last !== undefined && 'text' in last)
      result[result.length - 1] = { text: joined([...last.text, ...part.text]) }
    else result.push({ text: joined(part.text) })
  }
  return result
}
