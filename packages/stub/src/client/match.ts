import { type AsymmetricMatcher, asymmetricWords, isAsymmetric } from 'mesocosm/plugin'
import type { StubRequest } from '../operations.ts'
import type { StubMatch } from './types.ts'

/** Which requests are meant, in the forms that methods take. */
export type AnyMatch =
  | string
  | StubMatch
  | AsymmetricMatcher
  | ((request: StubRequest) => boolean)
  | undefined

/** Returns the test of a match, and its words in errors. @param routeOf returns the route for a route or operation id. */
export const matcherOf = (
  match: AnyMatch,
  routeOf: (name: string) => string,
): { readonly matches: (request: StubRequest) => boolean; readonly words: string } => {
  if (match === undefined) return { matches: () => true, words: 'a request' }
  if (typeof match === 'function')
    return { matches: match, words: 'a request that the predicate accepts' }
  if (typeof match === 'string') return matcherOf({ route: match }, routeOf)
  if (isAsymmetric(match))
    return {
      matches: (request) => match.asymmetricMatch(request),
      words: `a request like ${asymmetricWords(match)}`,
    }
  const { route, ...rest } = match
  const wanted = route === undefined ? undefined : routeOf(route)
  const parts = Object.entries(rest).filter(([, value]) => value !== undefined)
  return {
    matches: (request) =>
      (wanted === undefined || request.route === wanted) &&
      parts.every(([key, part]) => isPart(part, request[key as keyof StubRequest])),
    words: [
      wanted === undefined ? 'a request' : `a request ${wanted}`,
      ...parts.map(([key, part]) => `${key} ${shown(part)}`),
    ].join(', '),
  }
}

// ---

/** Returns whether a value is what is described: of objects a part, of strings possibly a pattern. */
const isPart = (part: unknown, value: unknown): boolean => {
  if (isAsymmetric(part)) return part.asymmetricMatch(value)
  if (part instanceof RegExp) {
    part.lastIndex = 0
    return typeof value === 'string' && part.test(value)
  }
  if (Array.isArray(part))
    return (
      Array.isArray(value) &&
      part.length === value.length &&
      part.every((item, index) => isPart(item, value[index]))
    )
  if (typeof part !== 'object' || part === null) return Object.is(part, value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(part).every(([key, item]) =>
    item === undefined ? !(key in value) : isPart(item, (value as Record<string, unknown>)[key]),
  )
}

const shown = (part: unknown): string =>
  part instanceof RegExp
    ? String(part)
    : isAsymmetric(part)
      ? asymmetricWords(part)
      : JSON.stringify(part, (_, value: unknown) =>
          value instanceof RegExp
            ? String(value)
            : isAsymmetric(value)
              ? asymmetricWords(value)
              : value,
        )
