import { isList, isMapping, type Mapping, type Value } from '../yaml/value.ts'

/** Merges two normalized services by Compose's rules; `over` wins. */
export const mergeServices = (base: Mapping, over: Mapping): Mapping =>
  mergeMappings(base, over, (key, below, above) => {
    if (replaced.has(key)) return above
    if (key === 'volumes') return byTarget(below, above)
    if (key === 'healthcheck' && isMapping(below) && isMapping(above))
      // `test` is replaced, although other arrays are concatenated.
      return {
        ...below,
        ...above,
      }
    return mergeValues(below, above)
  })

/** Merges mappings by key, concatenates arrays, and replaces everything else. */
export const mergeValues = (base: Value, over: Value): Mapping & Value => {
  if (isMapping(base) && isMapping(over))
    return mergeMappings(base, over, (_, a, b) => mergeValues(a, b))
  if (isList(base) && isList(over))
    return distinct([...base, ...over]) as unknown as Mapping & Value
  return (over === null ? base : over) as Mapping & Value
}

// ---

const replaced = new Set(['command', 'entrypoint'])

const mergeMappings = (
  base: Mapping,
  over: Mapping,
  merge: (key: string, below: Value, above: Value) => Value,
): Mapping => {
  const result: Record<string, Value> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined
    if (isMapping(value) && Object.hasOwn(value, '!reset')) delete result[key]
    else if (isMapping(value) && value['!override'] !== undefined) result[key] = value['!override']
    else result[key] = below === undefined || below === null ? value : merge(key, below, value)
  }
  return result
}

const byTarget = (base: Value, over: Value): Value => {
  if (!isList(base) || !isList(over)) return over
  const targetOf = (volume: Value) => (isMapping(volume) ? volume.target : volume)
  const others = base.filter((volume) => !over.some((one) => targetOf(one) === targetOf(volume)))
  return [...others, ...over]
}

const distinct = (values: readonly Value[]): Value[] => {
  const seen = new Set<string>()
  return values.filter((value) => {
    const text = JSON.stringify(value)
    return !seen.has(text) && seen.add(text)
  })
}
