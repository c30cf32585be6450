import { flatText } from '../text/flatten.ts'
import { defaultOf, readText } from '../text/interpolation.ts'
import { isList, isMapping, type Mapping, scalarText, texts, type Value } from '../yaml/value.ts'
import { rebased } from './paths.ts'

/**
 * Returns a service with short syntax expanded, so that files can be merged by key, and paths relative to the
 * topology's folder.
 */
export const normalService = (raw: Mapping, dir: string): Mapping =>
  Object.fromEntries(
    Object.entries(raw).map(([key, value]) => {
      const normalize = Object.hasOwn(normalizers, key) ? normalizers[key] : undefined
      return [key, normalize === undefined || isMarked(value) ? value : normalize(value, dir)]
    }),
  )

/** Returns `A=1` items, or a mapping, as a mapping; an item without `=` is `null`. */
export const keyValues = (value: Value, separators = /=/): Mapping =>
  isMapping(value)
    ? value
    : Object.fromEntries(
        texts(value).map((item) => {
          const at = item.search(separators)
          return at === -1 ? [item, null] : [item.slice(0, at), item.slice(at + 1)]
        }),
      )

/** Returns a top-level secret or config with its file relative to the topology's folder. */
export const normalSource = (value: Value, dir: string): Value => withPath(value, 'file', dir)

/** Returns a top-level volume with its device, if that is a folder, relative to the topology's folder. */
export const normalVolume = (value: Value, dir: string): Value =>
  isMapping(value) && isMapping(value.driver_opts)
    ? { ...value, driver_opts: withPath(value.driver_opts, 'device', dir) }
    : value

// ---

type Normalize = (value: Value, dir: string) => Value

/** Values tagged `!reset` or `!override`. */
const isMarked = (value: Value) =>
  isMapping(value) && (Object.hasOwn(value, '!reset') || Object.hasOwn(value, '!override'))

const withPath = (value: Value, key: string, dir: string): Value => {
  if (!isMapping(value)) return value
  const path = value[key]
  return typeof path === 'string' ? { ...value, [key]: rebased(path, dir) } : value
}

const names: Normalize = (value) =>
  isList(value) ? Object.fromEntries(texts(value).map((name) => [name, null])) : value

const listed: Normalize = (value) => (isList(value) || value === null ? value : [value])

const build: Normalize = (value, dir) => {
  if (typeof value === 'string') return { context: rebased(value, dir) }
  if (!isMapping(value)) return value
  const context = typeof value.context === 'string' ? value.context : '.'
  const { args } = value
  return {
    ...value,
    context: rebased(context, dir),
    ...(args === undefined || args === null ? {} : { args: keyValues(args) }),
  }
}

const envFiles: Normalize = (value, dir) =>
  (isList(value) ? value : [value]).flatMap((item): Value[] => {
    if (typeof item === 'string') return [{ path: rebased(item, dir) }]
    return isMapping(item) ? [withPath(item, 'path', dir)] : []
  })

const volumes: Normalize = (value, dir) =>
  (isList(value) ? value : []).map((item) => {
    const volume = typeof item === 'string' ? shortVolume(item) : item
    return isMapping(volume) && volume.type === 'bind' ? withPath(volume, 'source', dir) : volume
  })

/** `[source:]target[:options]`; a source that looks like a path is a path of the host. */
const shortVolume = (text: string): Mapping => {
  const { string, unflatten } = flatText(text)
  // `flatText` hides colons in `${X:-y}`, but not those of Windows drives.
  const parts = string.split(/(?<!^[A-Za-z]):/)
  const raw = (piece: string) => restore(text, string, piece, unflatten)
  if (parts.length === 1) return { type: 'volume', target: raw(parts[0] ?? '') }
  const [source = '', target = '', options = ''] = parts
  const from = raw(source)
  const known = defaultOf(readText(from)) ?? from
  return {
    type: /^([./~$]|[A-Za-z]:)/.test(known) ? 'bind' : 'volume',
    source: from,
    target: raw(target),
    ...(options.split(',').includes('ro') ? { read_only: true } : {}),
  }
}

/** Returns the raw text of a piece of the flattened text. */
const restore = (
  raw: string,
  flat: string,
  piece: string,
  unflatten: (piece: string) => ReturnType<typeof readText>,
): string =>
  raw === flat
    ? piece
    : unflatten(piece)
        .map((part) => {
          if (typeof part === 'string') return part.replaceAll('$', '$$$$')
          return `\${${part.name}${part.operator ?? ''}${part.word === undefined ? '' : rawOf(part.word)}}`
        })
        .join('')

const rawOf = (text: ReturnType<typeof readText>): string =>
  text
    .map((part) =>
      typeof part === 'string'
        ? part
        : `\${${part.name}${part.operator ?? ''}${part.word === undefined ? '' : rawOf(part.word)}}`,
    )
    .join('')

const normalizers: Readonly<Record<string, Normalize>> = {
  build,
  env_file: envFiles,
  volumes,
  environment: (value) => (value === null ? null : keyValues(value)),
  labels: (value) => (value === null ? null : keyValues(value)),
  depends_on: names,
  networks: names,
  sysctls: (value) => (value === null ? null : keyValues(value)),
  ports: listed,
  expose: listed,
  tmpfs: listed,
  links: listed,
  profiles: listed,
  extends: (value, dir) =>
    typeof value === 'string'
      ? { service: value }
      : isMapping(value) && scalarText(value.file) !== undefined
        ? withPath(value, 'file', dir)
        : value,
}
