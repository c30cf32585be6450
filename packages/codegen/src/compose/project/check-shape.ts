import type { Fault } from '../note.ts'
import type { YamlDocument } from '../yaml/read-yaml.ts'
import { isList, isMapping, type Mapping, scalarText, type Value } from '../yaml/value.ts'

/** What is wrong with the form of a Compose file. Keys that nobody knows are no faults. */
export const shapeFaults = (file: string, { value, lineOf }: YamlDocument): Fault[] => {
  const at = (path: readonly string[], text: string): Fault => ({ file, line: lineOf(path), text })
  if (!isMapping(value))
    return [at([], 'is no Compose file: a mapping with `services` is expected')]
  const { services } = value
  const faults: Fault[] = []
  if (services === undefined && value.include === undefined) {
    const old = Object.values(value).some(
      (one) => isMapping(one) && (one.image !== undefined || one.build !== undefined),
    )
    const other = value.apiVersion !== undefined ? ', but one of Kubernetes' : ''
    faults.push(
      at(
        [],
        old
          ? 'has the form of Compose 1: put its services under a key `services`'
          : `is no Compose file${other}: it has no \`services\``,
      ),
    )
  }
  if (services !== undefined && services !== null && !isMapping(services))
    return [...faults, at(['services'], '`services` must be a mapping of services by name')]
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
  | 'text'
  | 'words'
  | 'list'
  | 'mapping'
  | 'list or mapping'
  | 'text or mapping'
  | 'listing'

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
    case 'text':
      return scalar
    case 'words':
      return scalar || isListOfScalars(value)
    case 'list':
      return isList(value)
    case 'mapping':
      return isMapping(value)
    case 'list or mapping':
      return isListOfScalars(value) || isMapping(value)
    case 'text or mapping':
      return scalar || isMapping(value)
    case 'listing':
      return scalar || isList(value)
  }
}

const isListOfScalars = (value: Value) =>
  isList(value) && value.every((item) => scalarText(item) !== undefined)

const phrases: Readonly<Record<Kind, string>> = {
  text: 'a text',
  words: 'a text or a list of texts',
  list: 'a list',
  mapping: 'a mapping',
  'list or mapping': 'a list of texts or a mapping',
  'text or mapping': 'a text or a mapping',
  listing: 'a text or a list',
}

const kinds: Readonly<Record<string, Kind>> = {
  image: 'text',
  build: 'text or mapping',
  command: 'words',
  entrypoint: 'words',
  environment: 'list or mapping',
  env_file: 'listing',
  labels: 'list or mapping',
  ports: 'list',
  expose: 'list',
  volumes: 'list',
  tmpfs: 'words',
  depends_on: 'list or mapping',
  networks: 'list or mapping',
  healthcheck: 'mapping',
  deploy: 'mapping',
  extends: 'text or mapping',
  profiles: 'words',
  links: 'list',
  user: 'text',
  working_dir: 'text',
}
