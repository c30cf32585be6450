import type { Operation, SecurityScheme, StubModel } from '../../model.ts'
import { Problem } from '../problem.ts'
import type { Texts } from './parameters.ts'

/** Checks that a request carries what one of its alternatives asks for; values are not checked. @throws {Problem} 401. */
export const checkSecurity = (
  { security }: Operation,
  schemes: StubModel['securitySchemes'],
  texts: Pick<Texts, 'query' | 'headers' | 'cookies'>,
): void => {
  if (security.length === 0) return
  const missing = security.map((names) =>
    names.flatMap((name) => {
      const scheme = schemes[name]
      return scheme === undefined || isPresent(scheme, texts) ? [] : [words(scheme)]
    }),
  )
  if (missing.some((words) => words.length === 0)) return
  const message = `needs ${missing.map((words) => words.join(' and ')).join(', or ')}`
  const challenge = security
    .flat()
    .map((name) => schemes[name])
    .find((scheme) => scheme?.kind === 'http')
  throw new Problem(
    401,
    'the request does not identify its sender',
    [{ in: 'security', message }],
    challenge?.kind === 'http' && /^[\w-]+$/.test(challenge.scheme)
      ? { 'www-authenticate': challenge.scheme === 'bearer' ? 'Bearer' : challenge.scheme }
      : {},
  )
}

// ---

const isPresent = (
  scheme: SecurityScheme,
  { query, headers, cookies }: Pick<Texts, 'query' | 'headers' | 'cookies'>,
): boolean => {
  if (scheme.kind === 'none') return true
  if (scheme.kind === 'http') {
    const [kind, value] = (headers.authorization ?? '').split(' ', 2)
    return kind?.toLowerCase() === scheme.scheme && value !== undefined && value !== ''
  }
  const { in: where, name } = scheme
  if (where === 'query') return (query.get(name) ?? '') !== ''
  const texts = where === 'header' ? headers : cookies
  const key = where === 'header' ? name.toLowerCase() : name
  return Object.hasOwn(texts, key) && texts[key] !== ''
}

const words = (scheme: SecurityScheme): string =>
  scheme.kind === 'key'
    ? `the ${scheme.in === 'query' ? 'query parameter' : scheme.in} ${scheme.name}`
    : scheme.kind === 'http'
      ? `the header authorization with ${scheme.scheme}`
      : 'nothing'
