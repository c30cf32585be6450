import { posix } from 'node:path'
import type { Fault } from '../note.ts'
import { defaultOf, readText } from '../text/interpolation.ts'
import { readYaml, type YamlDocument } from '../yaml/read-yaml.ts'
import { isList, isMapping, type Mapping, scalarText, texts, type Value } from '../yaml/value.ts'
import { shapeFaults } from './check-shape.ts'
import { mergeServices, mergeValues } from './merge.ts'
import { normalService, normalSource, normalVolume } from './normal-form.ts'
import { rebased } from './paths.ts'
import type { ComposeProject, ComposeService } from './project.ts'

/** A Compose file. */
export interface ComposeFile {
  /** Path relative to the topology's folder. */
  readonly path: string
  /** Content of the file, YAML. */
  readonly text: string
}

/** Returns the content of a file by its path relative to the topology's folder; `undefined` if it is missing. */
export type ReadComposeFile = (path: string) => string | undefined

/** @deprecated use {@link ReadComposeFile}. */
export type ReadFile = ReadComposeFile

/** Merges the files in order, with everything that they include and extend. */
export const loadProject = (
  files: readonly ComposeFile[],
  readFile: ReadComposeFile,
): ComposeProject => {
  const faults: Fault[] = []
  const reader: Reader = { readFile, faults, known: new Map(), open: [] }
  const first = files[0]
  const parts = files.map((file) => readPart(file, dirOf(first?.path ?? ''), reader))
  const together = parts.reduce(over, nothing)
  const services = [...together.services.values()]
  for (const { name, keys, file, line } of services)
    if (keys.image === undefined && keys.build === undefined && keys.provider === undefined)
      faults.push({ file, line, text: `service ${name} has neither \`image\` nor \`build\`` })
  return { ...together, services, faults: distinct(faults) }
}

// ---

interface Part {
  readonly name: string | undefined
  readonly services: ReadonlyMap<string, ComposeService>
  readonly volumes: Mapping
  readonly secrets: Mapping
  readonly configs: Mapping
}

interface Reader {
  readonly readFile: ReadComposeFile
  readonly faults: Fault[]
  readonly known: Map<string, readonly YamlDocument[]>
  /** Files and services that are being read, to detect cycles. */
  readonly open: string[]
}

const nothing: Part = {
  name: undefined,
  services: new Map(),
  volumes: {},
  secrets: {},
  configs: {},
}

const dirOf = (path: string) => posix.dirname(path.replaceAll('\\', '/'))

const readPart = (file: ComposeFile, dir: string, reader: Reader): Part =>
  documentsOf(file, reader)
    .map((document) => readDocument(file.path, document, dir, reader))
    .reduce(over, nothing)

const documentsOf = ({ path, text }: ComposeFile, reader: Reader): readonly YamlDocument[] => {
  const known = reader.known.get(path)
  if (known !== undefined) return known
  const { documents, faults } = readYaml(path, text)
  const shapes = documents.flatMap((document) => shapeFaults(path, document))
  if (documents.length === 0 && faults.length === 0)
    shapes.push({ file: path, line: 1, text: 'is empty' })
  reader.faults.push(...faults, ...shapes)
  const sound = shapes.length === 0 ? documents : []
  reader.known.set(path, sound)
  return sound
}

const readDocument = (path: string, document: YamlDocument, dir: string, reader: Reader): Part => {
  const top = document.value as Mapping
  const services = new Map<string, ComposeService>()
  for (const [name, raw] of Object.entries(mapping(top.services))) {
    const keys = extended(path, document, name, normalService(mapping(raw), dir), dir, reader)
    services.set(name, { name, keys, file: path, line: document.lineOf(['services', name]) })
  }
  const own: Part = {
    name: scalarText(top.name),
    services,
    volumes: mapValues(top.volumes, (volume) => normalVolume(volume, dir)),
    secrets: mapValues(top.secrets, (secret) => normalSource(secret, dir)),
    configs: mapValues(top.configs, (config) => normalSource(config, dir)),
  }
  return [...included(path, document, dir, reader), own].reduce(over, nothing)
}

const included = (path: string, document: YamlDocument, dir: string, reader: Reader): Part[] => {
  const { include } = document.value as Mapping
  const items = isList(include) ? include : include === undefined ? [] : [include]
  return items.flatMap((item, index) => {
    const paths = texts(isMapping(item) ? item.path : item).map((one) =>
      rebased(defaultOf(readText(one)) ?? one, dir),
    )
    const folder = isMapping(item) ? scalarText(item.project_directory) : undefined
    const line = document.lineOf(['include', String(index)])
    return paths.map((one) => {
      const text = guarded(one, reader, () => reader.readFile(one))
      if (text === undefined) return missing(path, line, one, reader)
      const itsDir = folder === undefined ? dirOf(paths[0] ?? one) : rebased(folder, dir)
      reader.open.push(one)
      const part = readPart({ path: one, text }, itsDir, reader)
      reader.open.pop()
      // The project keeps the name of the including file.
      return { ...part, name: undefined }
    })
  })
}

const extended = (
  path: string,
  document: YamlDocument,
  name: string,
  keys: Mapping,
  dir: string,
  reader: Reader,
): Mapping => {
  const { extends: base, ...rest } = keys
  if (!isMapping(base)) return rest
  const line = document.lineOf(['services', name, 'extends'])
  const from = scalarText(base.file)
  const service = scalarText(base.service) ?? name
  const mark = `${from ?? path}#${service}`
  const fault = (text: string) => {
    reader.faults.push({ file: path, line, text: `service ${name} ${text}` })
    return rest
  }
  if (reader.open.includes(mark)) return fault(`extends itself through ${service}`)
  const text = from === undefined ? '' : reader.readFile(from)
  if (text === undefined) return fault(`extends a service of ${from}, which does not exist`)
  const documents = from === undefined ? [document] : documentsOf({ path: from, text }, reader)
  const itsDir = from === undefined ? dir : dirOf(from)
  const found = documents.find(({ value }) =>
    isMapping(mapping((value as Mapping).services)[service]),
  )
  if (found === undefined)
    return documents.length === 0
      ? rest
      : fault(`extends ${service}, which is missing in ${from ?? 'this file'}`)
  const raw = mapping(mapping((found.value as Mapping).services)[service])
  reader.open.push(mark)
  const below = extended(from ?? path, found, service, normalService(raw, itsDir), itsDir, reader)
  reader.open.pop()
  return mergeServices(below, rest)
}

const guarded = <T>(path: string, reader: Reader, read: () => T): T | undefined =>
  reader.open.includes(path) ? undefined : read()

const missing = (file: string, line: number, path: string, reader: Reader): Part => {
  const text = reader.open.includes(path)
    ? `includes itself through ${path}`
    : `includes ${path}, which does not exist`
  reader.faults.push({ file, line, text })
  return nothing
}

const over = (base: Part, above: Part): Part => {
  const services = new Map(base.services)
  for (const [name, service] of above.services) {
    const below = services.get(name)
    services.set(name, {
      ...(below ?? service),
      keys: mergeServices(below?.keys ?? {}, service.keys),
    })
  }
  return {
    name: above.name ?? base.name,
    services,
    volumes: mergeValues(base.volumes, above.volumes),
    secrets: mergeValues(base.secrets, above.secrets),
    configs: mergeValues(base.configs, above.configs),
  }
}

const mapping = (value: Value | undefined): Mapping => (isMapping(value) ? value : {})

const mapValues = (value: Value | undefined, map: (one: Value) => Value): Mapping =>
  Object.fromEntries(Object.entries(mapping(value)).map(([key, one]) => [key, map(one)]))

/** Drops duplicates, and sorts by file and line. */
const distinct = (faults: readonly Fault[]): Fault[] => {
  const files = [...new Set(faults.map(({ file }) => file))]
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()].sort(
    (one, other) => files.indexOf(one.file) - files.indexOf(other.file) || one.line - other.line,
  )
}
