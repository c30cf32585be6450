import { portNumber } from '../print/code.ts'
import type { Scope } from '../print/scope.ts'
import type { ComposeProject, ComposeService } from '../project/project.ts'
import { defaultOf, readText } from '../text/interpolation.ts'
import { isMapping, type Mapping, scalarText, texts, type Value } from '../yaml/value.ts'
import { dependenciesOf, linksOf } from './dependencies.ts'
import type { Draft } from './draft.ts'
import { envFilesOf, environmentOf } from './environment.ts'
import { portOfImage } from './known-ports.ts'
import { leftOut } from './left-out.ts'
import { type BarePort, namedPorts, portsOf } from './ports.ts'
import { readinessOf } from './readiness.ts'
import { argvOf, settingsOf } from './settings.ts'
import { sourceOf } from './source.ts'
import { storedOf } from './volumes.ts'

/** The context that a service is read in. */
export interface ServiceContext {
  readonly project: ComposeProject
  readonly topology: string
  /** Names in the topology, by names in the Compose file. */
  readonly names: ReadonlyMap<string, string>
  readonly scope: Scope
  readonly exists: (path: string) => boolean
}

/** Reads the keys of one service. */
export const readService = (service: ComposeService, context: ServiceContext): Draft => {
  const { keys, name: composeName, file, line } = service
  const { project, names, scope } = context
  const name = names.get(composeName) ?? composeName
  const { source, remarks: sourceRemarks } = sourceOf(
    keys,
    `${context.topology}-${name}`.toLowerCase(),
    project.secrets,
    scope,
  )
  const { ports, remarks: portRemarks } = portsOf(keys, scope)
  const stored = storedOf(keys, project, (volume) => usersOf(volume, context), scope)
  const { settings, remarks } = settingsOf(keys, scope)
  return {
    name,
    composeName,
    file,
    line,
    profiles: texts(keys.profiles),
    source,
    env: environmentOf(keys),
    envFiles: envFilesOf(keys),
    ports: namedPorts(ports.length > 0 ? ports : usualPorts(source.image)),
    aliases: aliasesOf(service, context, name),
    dependsOn: dependenciesOf(keys),
    settings: { ...settings, files: stored.files, mounts: stored.mounts, tmpfs: stored.tmpfs },
    ready: readinessOf(keys, scope),
    remarks: [
      ...(name === composeName
        ? []
        : [
            {
              key: composeName,
              text: `is not a valid host name; the service was renamed to ${name}.`,
            },
          ]),
      ...sourceRemarks,
      ...portRemarks,
      ...stored.remarks,
      ...stored.paths
        .filter(({ from }) => !/^[~$]/.test(from) && !context.exists(from))
        .map(({ from }) => ({
          key: `volume ${from}`,
          text: 'this path must exist; Compose would create a folder.',
        })),
      ...remarks,
      ...leftOut(keys),
    ],
    otherTexts: [
      ...texts(keys.command),
      ...texts(keys.entrypoint),
      ...allTexts(keys.labels),
      ...allTexts(isMapping(keys.build) ? keys.build.args : undefined),
    ],
    mounts: stored.paths,
    command: argvOf(keys.command),
    keys: new Set(Object.keys(keys).filter((key) => keys[key] !== null)),
  }
}

/** Returns a draft with one more port. */
export const withPort = (draft: Draft, port: number): Draft => ({
  ...draft,
  ports: namedPorts([...draft.ports.map(bare), barePort(port)]),
})

// ---

const bare = ({ name: _, explicitScheme: __, ...port }: Draft['ports'][number]): BarePort => port

const barePort = (port: number): BarePort => ({
  number: port,
  code: portNumber(port),
  protocol: 'tcp',
})

const usualPorts = (image: Draft['source']['image']): BarePort[] => {
  const known = image === undefined ? undefined : defaultOf(image)
  const port = known === undefined ? undefined : portOfImage(known)
  return port === undefined ? [] : [barePort(port)]
}

const usersOf = (volume: string, { project, names }: ServiceContext): string[] =>
  project.services
    .filter(({ keys }) =>
      (Array.isArray(keys.volumes) ? (keys.volumes as readonly Value[]) : []).some(
        (item) => isMapping(item) && item.type !== 'bind' && item.source === volume,
      ),
    )
    .map(({ name }) => names.get(name) ?? name)

/** Host names that others can use: from networks and links, the container's, and the name before it was renamed. */
const aliasesOf = (
  { name: composeName, keys }: ComposeService,
  { project }: ServiceContext,
  name: string,
): string[] => {
  const networks = isMapping(keys.networks) ? Object.values(keys.networks) : []
  const declared = networks.flatMap((network) =>
    texts(isMapping(network) ? network.aliases : undefined),
  )
  const linked = project.services.flatMap((other) =>
    linksOf(other.keys).flatMap(({ service, alias }) =>
      service === composeName ? (alias ?? []) : [],
    ),
  )
  const containerName = defaultOf(readText(scalarText(keys.container_name) ?? ''))
  const named =
    containerName !== undefined && isMentioned(containerName, project, composeName)
      ? [containerName]
      : []
  return [...new Set([composeName, ...declared, ...linked, ...named])].filter(
    (alias) => alias !== name && /^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$/i.test(alias),
  )
}

/** Whether another service uses the name as a host name. */
const isMentioned = (host: string, project: ComposeProject, except: string): boolean => {
  if (host === '' || project.services.some(({ name }) => name === host)) return false
  const pattern = new RegExp(`(?:^|[^\\w.-])${host.replace(/[.]/g, '\\.')}(?:$|[^\\w.-])`)
  return project.services.some(
    ({ name, keys }) =>
      name !== except &&
      [...allTexts(keys.environment), ...texts(keys.command)].some((text) => pattern.test(text)),
  )
}

const allTexts = (value: Value | undefined): string[] =>
  Object.values(isMapping(value) ? (value as Mapping) : {}).flatMap(
    (item) => scalarText(item) ?? [],
  )
