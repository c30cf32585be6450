import { isFalse, isList, isMapping, type Mapping, scalarText, texts } from '../yaml/value.ts'
import type { Dependency } from './draft.ts'

/** Returns the services that must start first, from `depends_on` and `links`. */
export const dependenciesOf = (keys: Mapping): Dependency[] => {
  const declared = Object.entries(isMapping(keys.depends_on) ? keys.depends_on : {}).map(
    ([composeName, item]): Dependency => ({
      composeName,
      condition:
        conditions.get(isMapping(item) ? (scalarText(item.condition) ?? '') : '') ?? 'short',
      required: !(isMapping(item) && isFalse(item.required)),
    }),
  )
  const linked = linksOf(keys)
    .filter(({ service }) => !declared.some(({ composeName }) => composeName === service))
    .map(
      ({ service }): Dependency => ({ composeName: service, condition: 'short', required: true }),
    )
  return [...declared, ...linked]
}

/** Returns the `service[:alias]` items of `links`. */
export const linksOf = ({ links }: Mapping): { service: string; alias: string | undefined }[] =>
  texts(isList(links) ? links : []).map((link) => {
    const [service = '', alias] = link.split(':')
    return { service, alias: alias === service ? undefined : alias }
  })

// ---

const conditions: ReadonlyMap<string, Dependency['condition']> = new Map([
  ['service_started', 'started'],
  ['service_healthy', 'healthy'],
  ['service_completed_successfully', 'completed'],
])
