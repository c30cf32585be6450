import type { Target } from './target.ts'

/** A match in a flattened text: a service as the host of a URL, or as `host:port`. */
export interface Mention {
  readonly target: Target
  readonly start: number
  /** After host and port. */
  readonly end: number
  /** Absent for `host:port`. */
  readonly scheme?: string
  /** The part before `@`. */
  readonly login?: string
  readonly port?: string
  /** After the port of a URL, up to a query. */
  readonly path: string
}

/** Returns all mentions of targets in the text, in order. */
export const mentions = (text: string, targets: readonly Target[]): Mention[] => {
  const byHost = new Map(targets.flatMap((target) => target.hosts.map((host) => [host, target])))
  if (byHost.size === 0) return []
  return [...text.matchAll(patternFor([...byHost.keys()]))].flatMap((match): Mention[] => {
    const { scheme, login, urlHost, urlPort, path = '', host, port } = match.groups ?? {}
    const target = byHost.get(urlHost ?? host ?? '')
    if (target === undefined) return []
    return [
      {
        target,
        start: match.index,
        end: match.index + match[0].length - path.length,
        path,
        ...(scheme === undefined ? {} : { scheme }),
        ...(login === undefined ? {} : { login }),
        ...((urlPort ?? port) === undefined ? {} : { port: urlPort ?? port ?? '' }),
      },
    ]
  })
}

/** Returns whether a text contains a host name of the target. */
export const namesHost = (text: string, { hosts }: Target): boolean =>
  new RegExp(`(?:^|[^\\w.-])(?:${hosts.map(escaped).join('|')})(?:$|[^\\w.-])`).test(text)

// ---

/** Digits, or the placeholder character of a variable. */
const portPattern = '\\d+|[\\ue000-\\uf8ff]'

const patternFor = (hosts: readonly string[]): RegExp => {
  const any = [...hosts]
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .map(escaped)
    .join('|')
  const url = `(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:(?<login>[^\\s/@]*)@)?(?<urlHost>${any})(?::(?<urlPort>${portPattern}))?(?![\\w.-])(?<path>/[^?#\\s,;"']*)?`
  const pair = `(?<=^|[\\s,;=(\\[@"'])(?<host>${any}):(?<port>${portPattern})(?![\\w.-])`
  return new RegExp(`${url}|${pair}`, 'g')
}

const escaped = (host: string) => host.replaceAll('.', '\\.')
