import type { Remark } from '../note.ts'
import { array, type Code, expression, object, objectOf, string, strings } from '../print/code.ts'
import type { Scope } from '../print/scope.ts'
import { textCode } from '../print/text-code.ts'
import type { ComposeProject } from '../project/project.ts'
import { flatText } from '../text/flatten.ts'
import { defaultOf, readText } from '../text/interpolation.ts'
import {
  isList,
  isMapping,
  isTrue,
  type Mapping,
  scalarText,
  texts,
  type Value,
} from '../yaml/value.ts'
import type { MountedPath } from './draft.ts'

/** Result of {@link storedOf}. */
export interface Stored {
  readonly mounts: Code | undefined
  readonly files: Code | undefined
  readonly tmpfs: Code | undefined
  readonly paths: readonly MountedPath[]
  readonly remarks: readonly Remark[]
}

/** Returns mounts, files and tmpfs of a service, from `volumes`, `tmpfs`, `secrets` and `configs`. */
export const storedOf = (
  keys: Mapping,
  project: ComposeProject,
  usersOf: (volume: string) => readonly string[],
  scope: Scope,
): Stored => {
  const volumes = (isList(keys.volumes) ? keys.volumes : []).filter(isMapping)
  const read = volumes.map((volume) => readVolume(volume, volumes, keys, project, usersOf, scope))
  const memory = [
    ...memoryOf(keys.tmpfs),
    ...read.flatMap(({ memory: one }) => (one === undefined ? [] : [one])),
  ]
  const secrets = filesOf(keys.secrets, 'secrets', project.secrets, scope)
  const configs = filesOf(keys.configs, 'configs', project.configs, scope)
  const mounts = read.flatMap(({ mount }) => mount ?? [])
  const files = [...secrets, ...configs].flatMap(({ file }) => file ?? [])
  return {
    mounts: mounts.length === 0 ? undefined : array(mounts),
    files: files.length === 0 ? undefined : array(files),
    tmpfs: memory.length === 0 ? undefined : memoryCode(memory),
    paths: read.flatMap(({ path }) => path ?? []),
    remarks: [...read, ...secrets, ...configs].flatMap(({ remark }) => remark ?? []),
  }
}

// ---

interface ReadVolume {
  readonly mount?: Code
  readonly memory?: Memory
  readonly path?: MountedPath
  readonly remark?: Remark
}

/** Path and mount options. */
type Memory = readonly [path: string, options: string]

/** Data folders of servers, which lanes must not share. */
const dataFolders =
  /^\/(var\/lib\/(postgresql|mysql|mongodb|rabbitmq|redis|elasticsearch|neo4j|minio|clickhouse)|data\/(db|configdb)|bitnami\/\w+|usr\/share\/(elasticsearch|opensearch)\/data)(\/|$)/

/** Servers that keep data in `/data`, which other images use for their own files. */
const keepsData = ({ image }: Mapping): boolean =>
  /(^|\/)(redis|valkey|minio|neo4j|mailhog|mailpit|nats|keydb)(:|@|$)/.test(scalarText(image) ?? '')

const readVolume = (
  volume: Mapping,
  others: readonly Mapping[],
  keys: Mapping,
  project: ComposeProject,
  usersOf: (volume: string) => readonly string[],
  scope: Scope,
): ReadVolume => {
  const to = scalarText(volume.target) ?? ''
  const target = defaultOf(readText(to)) ?? to
  const left = (text: string, name = scalarText(volume.source) ?? to): ReadVolume => ({
    remark: { key: `volume ${name}`, text },
  })
  if (volume.type === 'tmpfs') {
    const size = isMapping(volume.tmpfs) ? scalarText(volume.tmpfs.size) : undefined
    return { memory: [target, size === undefined ? '' : `size=${size}`] }
  }
  const source = volume.type === 'bind' ? scalarText(volume.source) : deviceOf(volume, project)
  if (source === undefined) {
    const name = scalarText(volume.source)
    if (volume.type !== 'volume' && volume.type !== undefined)
      return left(`volumes of type ${scalarText(volume.type)} are not supported.`)
    if (name === undefined) {
      const masks = others.find(
        (one) => one.type === 'bind' && within(to, scalarText(one.target) ?? ''),
      )
      return masks === undefined ||
        isSourceMount(pathOf(masks), scalarText(masks.target) ?? '', others, keys)
        ? {}
        : left(
            `not supported, so this folder shows the content of the mount on ${scalarText(masks.target)}.`,
          )
    }
    const users = usersOf(name)
    return left(
      users.length > 1
        ? `shared by ${users.join(', ')}; services cannot share volumes.`
        : 'the data of a service lives as long as its lane.',
    )
  }
  const known = defaultOf(readText(source)) ?? source
  if (/\/docker\.sock$/.test(known))
    return left('services have no access to the socket of the engine.')
  if (dataFolders.test(target) || (target === '/data' && keepsData(keys)))
    return left('the data of a service lives as long as its lane.')
  if (isSourceMount(known, target, others, keys))
    return left('the built image already contains these files.')
  return {
    path: { from: known, to: target },
    mount: objectOf({
      from: pathCode(source, scope),
      to: textCode(readText(to), scope),
      readOnly: isTrue(volume.read_only) ? expression('true') : undefined,
    }),
  }
}

/** Sources mounted over the image built from them, for live editing, with a part such as `node_modules` masked. */
const isSourceMount = (
  from: string,
  to: string,
  others: readonly Mapping[],
  { build }: Mapping,
): boolean => {
  const context = isMapping(build) ? scalarText(build.context) : undefined
  const masked = others.some(
    (one) => one.type === 'volume' && within(scalarText(one.target) ?? '', to),
  )
  return masked && context !== undefined && (context === from || within(from, context))
}

const pathOf = (volume: Mapping) => scalarText(volume.source) ?? ''

const within = (inner: string, outer: string) => inner.startsWith(`${outer.replace(/\/$/, '')}/`)

/** The host folder of a named volume that is a bind mount. */
const deviceOf = (volume: Mapping, project: ComposeProject): string | undefined => {
  const declared = project.volumes[scalarText(volume.source) ?? '']
  const options = isMapping(declared) ? declared.driver_opts : undefined
  if (!isMapping(options) || !/\bbind\b/.test(scalarText(options.o) ?? '')) return undefined
  return scalarText(options.device)
}

const pathCode = (source: string, scope: Scope): Code => {
  const { string: flat, unflatten } = flatText(source)
  if (/^~(\/|$)/.test(flat)) {
    scope.helpers.add('home')
    const code = textCode(
      ['', ...unflatten(flat.slice(1))].filter((part) => part !== ''),
      scope,
    )
    const rest = code.kind === 'expression' ? code.text : ''
    return expression(
      flat === '~' ? 'homedir()' : `\`\${homedir()}${rest.replace(/^['"`]|['"`]$/g, '')}\``,
    )
  }
  // Compose runs in the folder of the file.
  const [first, ...rest] = readText(source)
  if (typeof first === 'object' && first.name === 'PWD' && first.operator === undefined)
    return textCode(
      rest.length === 0
        ? ['.']
        : ['.', ...rest].length === 2 && typeof rest[0] === 'string'
          ? [`.${rest[0]}`]
          : ['.', ...rest],
      scope,
    )
  return textCode(readText(source), scope)
}

const memoryOf = (value: Value | undefined): Memory[] =>
  texts(value).map((item) => {
    const at = item.indexOf(':')
    return at === -1 ? [item, ''] : [item.slice(0, at), item.slice(at + 1)]
  })

const memoryCode = (memory: readonly Memory[]): Code =>
  memory.every(([, options]) => options === '')
    ? strings(memory.map(([path]) => path))
    : object(memory.map(([path, options]) => ({ key: path, value: string(options) })))

const filesOf = (
  value: Value | undefined,
  kind: 'secrets' | 'configs',
  declared: Mapping,
  scope: Scope,
): { file?: Code; remark?: Remark }[] =>
  (isList(value) ? value : []).map((item) => {
    const name = (isMapping(item) ? scalarText(item.source) : scalarText(item)) ?? ''
    const source = declared[name]
    const given = isMapping(item) ? scalarText(item.target) : undefined
    const folder = kind === 'secrets' ? '/run/secrets/' : '/'
    const to = given?.startsWith('/') ? given : `${folder}${given ?? name}`
    const mode = isMapping(item) && typeof item.mode === 'number' ? item.mode : undefined
    const from = isMapping(source) ? contentOf(source, scope) : undefined
    if (from === undefined)
      return { remark: { key: `${kind} ${name}`, text: 'its content is not in the Compose file.' } }
    return {
      file: objectOf({
        ...from,
        to: textCode(readText(to), scope),
        mode: mode === undefined ? undefined : expression(`0o${mode.toString(8)}`),
      }),
    }
  })

const contentOf = (source: Mapping, scope: Scope): Record<string, Code> | undefined => {
  const file = scalarText(source.file)
  if (file !== undefined) return { from: textCode(readText(file), scope) }
  const content = scalarText(source.content)
  if (content !== undefined) return { content: textCode(readText(content), scope) }
  const variable = scalarText(source.environment)
  return variable === undefined ? undefined : { content: textCode([{ name: variable }], scope) }
}
