import { refuse } from '../http/refusal.ts'
import { isList, isObject, type Json, writeJson } from '../json/json.ts'
import { readJson } from '../json/read-json.ts'
import { type Context, sessionLabel } from './endpoint.ts'

/**
 * Rebuilds the `filters` of a list from both of its forms, `{"a":["b"]}` and `{"a":{"b":true}}`.
 *
 * @param allowed names of filters; others are refused.
 * @param own whether to ask only for what has the session's label.
 * @returns `undefined` for no filter.
 */
export const rebuildFilters = (
  text: string | undefined,
  allowed: readonly string[],
  context: Context,
  own: boolean,
): string | undefined => {
  const filters = new Map<string, readonly string[]>()
  const read = text ? readJson(Buffer.from(text)) : { json: null }
  if ('refuse' in read) return refuse(400, `filters: ${read.refuse.message}`)
  if (read.json !== null && !isObject(read.json)) return refuse(400, 'filters must be an object')
  for (const [name, values] of read.json ?? []) {
    if (!allowed.includes(name))
      refuse(403, `filter ${JSON.stringify(name)} is not allowed; use ${allowed.join(', ')}`)
    filters.set(name, valuesOf(values))
  }
  if (own)
    filters.set('label', [...(filters.get('label') ?? []), `${sessionLabel}=${context.session.id}`])
  return filters.size === 0 ? undefined : writeJson(filters)
}

// ---

const valuesOf = (values: Json): readonly string[] => {
  const list = isObject(values)
    ? [...values].map(([value, on]) => (on === true ? value : refuse(400, 'filters must be true')))
    : values
  if (!isList(list) || list.length > 100) return refuse(400, 'a filter must be a list of strings')
  return list.map((value) =>
    typeof value === 'string' ? value : refuse(400, 'a filter must be a list of strings'),
  )
}
