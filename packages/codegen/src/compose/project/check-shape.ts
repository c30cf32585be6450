import type { Fault } from '../note.ts'
import type { YamlDocument } from '../yaml/read-yaml.ts'
import { isList, isMapping, type Mapping, scalarText, type Value } from '../yaml/value.ts'

/** Returns the type errors of a Compose file. Unknown keys are not errors. */
export const shapeFaults = (file: string, { value, lineOf }: YamlDocument): Fault[] => {
  const at = (path: readonly string[], text: string): Fault => ({ file, line: lineOf(path), text })
  if (!isMapping(value))
    return [at([], 'is not a Compose file: expected a mapping with `services`')]
  const { services } = value
  const faults: Fault[] = []
  if (services === undefined && value.include === undefined) {
    const old = Object.values(value).some(
      (one) => isMapping(one) && (one.image !== undefined || one.build !== undefined),
    )
    faults.push(
      at(
        [],
        old
          ? 'uses the format of Compose 1: move its services under the key `services`'
          : value.apiVersion === undefined
            ? 'is not a Compose file: `services` is missing'
            : 'is a Kubernetes manifest, not a Compose file: `services` is missing',
      ),
    )
  }
  if (services !== undefined && services !== null && !isMapping(services))
    return [...faults, at(['services'], '`services` must be a mapping by service name')]
  for (const section of ['volumes', 'networks', 'secrets', 'configs'])
    if (value[section] !== undefined && value[section] !== null && !isMapping(value[section]))
      faults.push(at([section], `\`${section}\` must be a mapping by name`))
  for (const [name, service] of Object.entries(services ?? {}))
    faults.push(
      ...(isMapping(service)
        ? serviceFaults(name, service, at)
        : [at(['services', name], `service ${name} must be a mapping`)]),
    )
  return faults
}

// ---

type Kind =
  | 'string'
  | 'string or strings'
  | 'array'
  | 'mapping'
  | 'strings or mapping'
  | 'string or mapping'
  | 'string or array'

const serviceFaults = (
  name: string,
  service: Mapping,
  at: (path: readonly string[], text: string) => Fault,
): Fault[] =>
  Object.entries(service).flatMap(([key, value]) => {
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined
    if (kind === undefined || value === null || isMarked(value) || fits(kind, value)) return []
    return [at(['services', name, key], `service ${name}: \`${key}\` must be ${phrases[kind]}`)]
  })

const isMarked = (value: Value) =>
  isMapping(value) && (Object.hasOwn(value, '!reset') || Object.hasOwn(value, '!override'))

const fits = (kind: Kind, value: Value): boolean => {
  const scalar = scalarText(value) !== undefined
  switch (kind) {
    case 'string':
      return scalar
    case 'string or strings':
      return scalar || isListOfScalars(value)
    case 'array':
      return isList(value)
    case 'mapping':
      return isMapping(value)
    case 'strings or mapping':
      return isListOfScalars(value) || isMapping(value)
    case 'string or mapping':
      return scalar || isMapping(value)
    case 'string or array':
      return scalar || isList(value)
  }
}

const isListOfScalars = (value: Value) =>
  isList(value) && value.every((item) => scalarText(item) !== undefined)

const phrases: Readonly<Record<Kind, string>> = {
  string: 'a string',
  'string or strings': 'a string or an array of strings',
  array: 'an array',
  mapping: 'a mapping',
  'strings or mapping': 'an array of strings or a mapping',
  'string or mapping': 'a string or a mapping',
  'string or array': 'a string or an array',
}

const kinds: Readonly<Record<string, Kind>> = {
  image: 'string',
  build: 'string or mapping',
  command: 'string or strings',
  entrypoint: 'string or strings',
  environment: 'strings or mapping',
  env_file: 'string or array',
  labels: 'strings or mapping',
  ports: 'array',
  expose: 'array',
  volumes: 'array',
  tmpfs: 'string or strings',
  depends_on: 'strings or mapping',
  networks: 'strings or mapping',
  healthcheck: 'mapping',
  deploy: 'mapping',
  extends: 'string or mapping',
  profiles: 'string or strings',
  links: 'array',
  user: 'string',
  working_dir: 'string',
}
