/** What the page shows, as the part of its address after `#` names it. */
export interface Link {
  /** Id of a test, without the attempt. */
  readonly test?: string | undefined
  /** Number of the attempt, from 1; the last one if it is absent. */
  readonly attempt?: number | undefined
  /** Services whose rows and lines are shown; all if it is empty. */
  readonly services: readonly string[]
  /** Text of the search field. */
  readonly query: string
  /** Chosen span of time, milliseconds since the start of the run. */
  readonly range?: readonly [from: number, to: number] | undefined
  /** Chosen entry: the key of a node, or `log:<row>`. */
  readonly entry?: string | undefined
  /** Panel below the timeline. */
  readonly panel: Panel
  /** Whose lines are shown. */
  readonly scope: Scope
}

/** Panels below the timeline. */
export type Panel = 'logs' | 'steps' | 'graph'

/** Lines of the test, of all lanes during the test, or of the whole run. */
export type Scope = 'test' | 'time' | 'run'

/** What the page shows without anything after `#`. */
export const home: Link = { services: [], query: '', panel: 'logs', scope: 'test' }

/** Parses the part of an address after `#`. Never throws: what it does not know is ignored. */
export const parseLink = (hash: string): Link => {
  const parts = new URLSearchParams(hash.replace(/^#\??/, ''))
  const attempt = Number(parts.get('a') ?? Number.NaN)
  const [, from, to] = /^(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)$/.exec(parts.get('r') ?? '') ?? []
  return {
    test: parts.get('t') || undefined,
    attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : undefined,
    services: (parts.get('s') ?? '').split(',').filter((name) => name !== ''),
    query: parts.get('q') ?? '',
    range: from === undefined || to === undefined ? undefined : ordered(Number(from), Number(to)),
    entry: parts.get('e') || undefined,
    panel: oneOf(['logs', 'steps', 'graph'], parts.get('p')),
    scope: oneOf(['test', 'time', 'run'], parts.get('l')),
  }
}

/** Returns the part of an address after `#`, without what is as at `home`. */
export const formatLink = (link: Link): string => {
  const range = link.range?.map((time) => String(Math.round(time * 1000) / 1000)).join('-')
  return [
    ['t', link.test],
    ['a', link.attempt],
    ['s', link.services.join(',')],
    ['q', link.query],
    ['r', range],
    ['e', link.entry],
    ['p', link.panel === home.panel ? undefined : link.panel],
    ['l', link.scope === home.scope ? undefined : link.scope],
  ]
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${readable(String(value))}`)
    .join('&')
}

// ---

const ordered = (a: number, b: number): readonly [number, number] => (a <= b ? [a, b] : [b, a])

const oneOf = <Name extends string>(names: readonly [Name, ...Name[]], value: string | null) =>
  names.find((name) => name === value) ?? names[0]

/** What a fragment may contain stays as it is, so that a link can be read and typed. */
const readable = (value: string): string =>
  encodeURIComponent(value).replace(/%(?:3A|2F|2C|40|21|24|3B)/g, decodeURIComponent)
