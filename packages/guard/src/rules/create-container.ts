import { refuse } from '../http/refusal.ts'
import { isObject, type Json, type JsonObject } from '../json/json.ts'
import { writeImageReference } from '../policy/image-reference.ts'
import {
  dropped,
  emptyObject,
  fault,
  flag,
  integer,
  list,
  map,
  object,
  type Shape,
  text,
  unset,
} from '../shape/shape.ts'
import { hostName, isName, isTarget, labels, nameRule, targetRule, words } from '../shape/values.ts'
import { any, type Context, type Endpoint, shaped, withLabel } from './endpoint.ts'
import { endpointSettings } from './endpoint-settings.ts'
import { harden, hostConfig } from './host-config.ts'
import { allowedImage, platform } from './images.ts'
import { hostPaths, writesHost } from './mounts.ts'
import { exposedPorts } from './ports.ts'

/** `POST /containers/create`. */
export const createContainer: Endpoint = {
  methods: ['POST'],
  path: '/containers/create',
  query: { name: any, platform },
  // dockerode repeats the whole body in the query.
  droppedQuery: 'any',
  body: 'json',
  rebuild: ({ query, json }, context) => {
    const given = shaped(body(context), json, 'the container')
    const image = allowedImage(String(given.get('Image') ?? ''), context)
    const host = harden((given.get('HostConfig') ?? new Map()) as JsonObject, context)
    const mounts = host.get('Mounts') as readonly Json[]
    const writes = mounts.some(writesHost)
    const value = new Map([
      ...given,
      ['Image', writeImageReference(image)],
      ['Labels', withLabel(given.get('Labels'), context)],
      ...(writes ? [['User', writerOf(given, context)] as const] : []),
      ['HostConfig', writes ? withoutCapabilities(host) : host],
    ] as readonly (readonly [string, Json])[])
    const name = nameOf(query.get('name'))
    return {
      path: ['containers', 'create'],
      query: { name, platform: query.get('platform') || undefined },
      body: { kind: 'json', value },
      answer: {
        kind: 'created container',
        ...(name === undefined ? {} : { name }),
        writesHost: writes,
        binds: hostPaths(mounts),
      },
    }
  },
}

/** Returns the name to create or rename a container with. */
export const nameOf = (given: string | undefined): string | undefined => {
  if (given === undefined || given === '') return undefined
  const name = given.replace(/^\//, '')
  return isName(name) ? name : refuse(403, `name ${JSON.stringify(given)} ${nameRule}`)
}

/** A user by name or number, with or without group. */
export const user = text(/^[\w.-]{0,64}(?::[\w.-]{1,64})?$/, 'must be user or user:group')

/** Variables as `NAME=value`, or `NAME` to unset one of the image. */
export const env = list(text(/^[^=]+(?:=|$)/, 'must be NAME=value'))

/** The working directory in a container. */
export const workingDir: Shape = (value, at, faults) =>
  value === '' || value === '/' || (typeof value === 'string' && isTarget(value.replace(/\/$/, '')))
    ? value
    : fault(faults, at, targetRule)

// ---

const nanoseconds = integer(0, 3600 * 1e9)

const body = (context: Context): Shape =>
  object({
    // dockerode takes them from the body for the query and sends them in both.
    name: dropped(text()),
    platform: dropped(text()),
    Hostname: hostName,
    Domainname: hostName,
    User: user,
    AttachStdin: flag,
    AttachStdout: flag,
    AttachStderr: flag,
    OpenStdin: flag,
    StdinOnce: flag,
    Tty: flag,
    ExposedPorts: exposedPorts,
    Env: env,
    Cmd: words,
    Entrypoint: words,
    Shell: words,
    Healthcheck: object({
      Test: list(text()),
      Interval: nanoseconds,
      Timeout: nanoseconds,
      StartPeriod: nanoseconds,
      StartInterval: nanoseconds,
      Retries: integer(0, 10_000),
    }),
    Image: text(),
    // Paths of anonymous volumes; a colon would make one a bind.
    Volumes: map(isTarget, emptyObject, targetRule),
    WorkingDir: workingDir,
    NetworkDisabled: flag,
    Labels: labels,
    StopSignal: text(/^\w{0,16}(?:\+\d{1,2})?$/, 'must be a signal'),
    StopTimeout: integer(0, 3600),
    ArgsEscaped: unset,
    MacAddress: unset,
    OnBuild: unset,
    HostConfig: hostConfig(context),
    NetworkingConfig: object({ EndpointsConfig: endpoints(context) }),
  })

/** Replaces names of networks by ids. */
const endpoints =
  ({ session }: Context): Shape =>
  (value, at, faults) => {
    if (!isObject(value)) return fault(faults, at, 'must be an object')
    const built = new Map<string, Json>()
    for (const [name, settings] of value) {
      const isDefault = name === 'default' || name === 'bridge'
      const network = isDefault ? session.defaultNetwork : session.network(name)
      const where = `${at}.${name}`
      if (network === undefined) fault(faults, where, 'must be a network of this session')
      else if (built.has(network.id)) fault(faults, where, 'names the same network as another key')
      else {
        const part = settings === null ? new Map() : endpointSettings(settings, where, faults)
        built.set(network.id, part ?? new Map())
      }
    }
    return built
  }

/** Root in a container could give files of the host to the host's root. */
const writerOf = (given: JsonObject, { policy }: Context): string => {
  const asked = given.get('User') || policy.user
  const { user: writer } = policy
  return writer !== undefined && asked === writer
    ? writer
    : refuse(403, `User ${String(asked)} is not allowed with a writable bind; use ${writer}`)
}

const withoutCapabilities = (host: JsonObject): JsonObject => {
  const dropped = new Map(host)
  dropped.delete('CapAdd')
  return dropped.set('CapDrop', ['ALL'])
}
