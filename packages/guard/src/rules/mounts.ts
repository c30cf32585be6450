import { isObject, type Json, type JsonObject } from '../json/json.ts'
import {
  dropped,
  type Faults,
  fault,
  flag,
  integer,
  object,
  oneOf,
  type Shape,
  text,
  unset,
} from '../shape/shape.ts'
import { build, isName, labels, target } from '../shape/values.ts'
import { type Context, withLabel } from './endpoint.ts'

/** A string of `HostConfig.Binds` as a mount. Unlike a bind, a mount creates neither directories of the host nor volumes. */
export const bind =
  (context: Context): Shape =>
  (value, at, faults) => {
    const [source = '', to = '', mode = '', ...more] =
      typeof value === 'string' ? value.split(':') : []
    const options = mode.split(',')
    const odd = options.find((option) => !bindOptions.includes(option))
    if (more.length > 0 || odd !== undefined || (options.includes('ro') && options.includes('rw')))
      return fault(
        faults,
        at,
        `must be source:target or source:target:mode, mode of ${bindOptions.join(' ')}`,
      )
    const readOnly = options.includes('ro')
    const given = { source, to, readOnly, at, faults, context }
    return source.startsWith('/')
      ? hostMount(given)
      : volumeMount({ ...given, noCopy: options.includes('nocopy'), isNamed: true })
  }

/** An object of `HostConfig.Mounts`. */
export const mount =
  (context: Context): Shape =>
  (value, at, faults) => {
    const given = mountShape(value, at, faults)
    if (!isObject(given)) return undefined
    const to = String(given.get('Target') ?? '')
    const source = String(given.get('Source') ?? '')
    const readOnly = given.get('ReadOnly') === true
    const all = { source, to, readOnly, at, faults, context }
    switch (given.get('Type')) {
      case 'bind':
        return hostMount(all)
      case 'volume':
        return volumeMount({ ...all, noCopy: noCopyOf(given), isNamed: source !== '' })
      case 'tmpfs':
        return tmpfsMount(given, all)
      default:
        return fault(faults, at, 'must have a Type')
    }
  }

/** Returns the paths of the host among rebuilt mounts. */
export const hostPaths = (mounts: readonly Json[]): readonly string[] =>
  mounts.flatMap((mount) =>
    isObject(mount) && mount.get('Type') === 'bind' ? [String(mount.get('Source'))] : [],
  )

/** Whether a rebuilt mount lets a container write files of the host. */
export const writesHost = (mount: Json): boolean =>
  isObject(mount) && mount.get('Type') === 'bind' && mount.get('ReadOnly') !== true

// ---

/** What is asked of one mount. */
interface Asked {
  readonly source: string
  readonly to: string
  readonly readOnly: boolean
  readonly at: string
  readonly faults: Faults
  readonly context: Context
}

/** Consistency is a hint of Docker Desktop. */
const consistency = ['', 'cached', 'consistent', 'default', 'delegated']

const bindOptions = [...consistency, 'nocopy', 'private', 'ro', 'rprivate', 'rw']

const mountShape = object({
  Type: oneOf('bind', 'volume', 'tmpfs'),
  Source: text(),
  Target: target,
  ReadOnly: flag,
  Consistency: dropped(oneOf(...consistency)),
  BindOptions: dropped(
    object({
      Propagation: oneOf('', 'private', 'rprivate'),
      NonRecursive: unset,
      CreateMountpoint: unset,
      ReadOnlyNonRecursive: unset,
      ReadOnlyForceRecursive: flag,
    }),
  ),
  VolumeOptions: object({
    NoCopy: flag,
    Labels: dropped(labels),
    Subpath: unset,
    DriverConfig: dropped(object({ Name: oneOf('', 'local'), Options: unset })),
  }),
  TmpfsOptions: object({
    SizeBytes: integer(0, Number.MAX_SAFE_INTEGER),
    Mode: integer(0, 0o7777),
    Options: unset,
  }),
  ImageOptions: unset,
  ClusterOptions: unset,
})

/** Forwards the path without symbolic links, so that a link below a root leads to nothing outside. */
const hostMount = ({ source, to, readOnly, at, faults, context }: Asked): Json | undefined => {
  const { bindRoots, user } = context.policy
  if (target(to, `${at}: target`, faults) === undefined) return undefined
  const path = context.realPath(source)
  const roots = bindRoots.filter((root) => path === root.path || path?.startsWith(`${root.path}/`))
  const canWrite = user !== undefined && roots.some(({ access }) => access === 'rw')
  if (path === undefined || roots.length === 0)
    return fault(
      faults,
      at,
      `mounts ${source}; existing paths in ${bindRoots.map((root) => root.path).join(', ') || 'no directory'} are allowed`,
    )
  if (!readOnly && !canWrite) return fault(faults, at, `mounts ${source} writable; add ro`)
  return build({
    Type: 'bind',
    Source: path,
    Target: to,
    ReadOnly: readOnly,
    BindOptions: build({ Propagation: 'rprivate' }),
  })
}

const volumeMount = (asked: Asked & { readonly noCopy: boolean; readonly isNamed: boolean }) => {
  const { source, to, readOnly, at, faults, context } = asked
  if (target(to, `${at}: target`, faults) === undefined) return undefined
  if (asked.isNamed && !(isName(source) && context.session.hasVolume(source)))
    return fault(
      faults,
      at,
      `mounts the volume ${JSON.stringify(source)}; create it in this session first`,
    )
  return build({
    Type: 'volume',
    ...(asked.isNamed ? { Source: source } : {}),
    Target: to,
    ReadOnly: readOnly,
    VolumeOptions: build({ NoCopy: asked.noCopy, Labels: withLabel(undefined, context) }),
  })
}

const tmpfsMount = (given: JsonObject, { source, to, readOnly, at, faults }: Asked) => {
  if (source !== '') return fault(faults, at, 'must have no Source')
  return build({
    Type: 'tmpfs',
    Target: to,
    ReadOnly: readOnly,
    TmpfsOptions: given.get('TmpfsOptions'),
  })
}

const noCopyOf = (given: JsonObject): boolean => {
  const options = given.get('VolumeOptions')
  return isObject(options) && options.get('NoCopy') === true
}
