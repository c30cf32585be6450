import type { TraceEvent } from '../../event/event.ts'

/** Finds the lanes that a line of a shared server names. */
export interface LaneKeys {
  /** @returns names of lanes, each once; empty if the line names none. */
  lanesIn(text: string, time: number): readonly string[]
}

type Names = TraceEvent<'lane.names'>

/**
 * Creates the search for the names and addresses by which the lanes of a record use one shared server: databases,
 * virtual hosts, users, prefixes, and the addresses of their services.
 *
 * @param entries in the order of time.
 */
export const laneKeysOf = (entries: readonly Names[]): LaneKeys => {
  const names: Owners = new Map()
  const addresses: Owners = new Map()
  for (const { t, l = '', keys } of entries)
    for (const key of keys) note(addressOnly.test(key) ? addresses : names, key, t, l)
  const find = [
    ...(names.size === 0 ? [] : [{ owners: names, pattern: patternOf([...names.keys()]) }]),
    // There may be hundreds of them, of which a line has few.
    ...(addresses.size === 0 ? [] : [{ owners: addresses, pattern: address }]),
  ]
  return {
    lanesIn(text, time) {
      let lanes: string[] | undefined
      for (const { owners, pattern } of find) {
        pattern.lastIndex = 0
        for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
          const [key] = found
          if (!isWhole(text, found.index, key)) continue
          const lane = ownerAt(owners.get(key), time)
          if (lane === undefined || lanes?.includes(lane)) continue
          lanes ??= []
          lanes.push(lane)
        }
      }
      return lanes ?? none
    },
  }
}

// ---

/** Which lane has a key since when: an address is another lane's when its container is gone. */
type Owners = Map<string, { readonly since: number; readonly lane: string }[]>

const none: readonly string[] = []

const address = /\d{1,3}(?:\.\d{1,3}){3}/g

const addressOnly = /^\d{1,3}(?:\.\d{1,3}){3}$/

const note = (owners: Owners, key: string, since: number, lane: string): void => {
  const known = owners.get(key)
  if (known === undefined) owners.set(key, [{ since, lane }])
  else if (known.at(-1)?.lane !== lane) known.push({ since, lane })
}

const ownerAt = (known: ReturnType<Owners['get']>, time: number): string | undefined =>
  (known?.findLast(({ since }) => since <= time) ?? known?.[0])?.lane

/** Longest first, so that no key hides a longer one. */
const patternOf = (keys: readonly string[]): RegExp =>
  new RegExp(
    keys
      .toSorted((a, b) => b.length - a.length)
      .map((key) => key.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
      .join('|'),
    'g',
  )

/** `lane_1` is not in `lane_10`. Checked here, because a pattern with it takes several times as long. */
const isWhole = (text: string, index: number, key: string): boolean =>
  !(isWord(key.charCodeAt(0)) && isWord(text.charCodeAt(index - 1))) &&
  !(isWord(key.charCodeAt(key.length - 1)) && isWord(text.charCodeAt(index + key.length)))

/** Letters, digits, `_` and `-`; `NaN` is outside of the text. */
const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  code === 95 ||
  code === 45
