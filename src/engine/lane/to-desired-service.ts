import { hostNames } from '../../graph/host-names.ts'
import { reachedServices } from '../../graph/reached.ts'
import { containerSettings, type Sysctls } from '../../model/container-settings.ts'
import type { ProbeSpec } from '../../model/probe.ts'
import type { Condition, ServiceSpec } from '../../model/service-spec.ts'
import type { Template } from '../../model/template.ts'
import type { DesiredService, ProgramConfig } from '../../plan/desired.ts'
import {
  type AddressOf,
  createLookup,
  type Lookup,
  resolveEnv,
  resolveTemplate,
} from '../../plan/outputs.ts'
import {
  type TelemetrySource,
  telemetryAddress,
  withTelemetryEnv,
} from '../../plan/telemetry-env.ts'
import type { ImageInfo } from '../../runtime/image-request.ts'
import { launchForDebugging } from '../debug/launch-program.ts'
import { prebuiltTag } from '../image/prebuilt.ts'
import type { ResolvedService } from '../image/resolve-service.ts'
import { setupContents } from '../image/task-images.ts'
import {
  localProbe,
  localProgram,
  localSpecNow,
  localVariables,
  openPort,
} from './local-program.ts'
import type { ServiceOverrides } from './service-overrides.ts'

const defaultReadyTimeoutMs = 60_000
/** Default grace of `stop()` and `restart()`, in milliseconds. */
export const defaultStopTimeoutMs = 2_000

/** What the desired state of one service is computed from. */
export interface DesiredSource {
  readonly name: string
  readonly resolved: ResolvedService
  /** All services of the topology, for references. */
  readonly services: Readonly<Record<string, ServiceSpec>>
  /** `undefined` for servers that lanes share. */
  readonly lane: { readonly name: string } | undefined
  readonly overrides: ServiceOverrides
  /** Whether it exited by itself and was not started since. */
  readonly crashed: boolean
  /** Only those in the same group. */
  readonly dependsOn: Readonly<Record<string, Condition>>
  /** Addresses of services as others see them; default service name and container port. */
  readonly addressOf?: AddressOf
  /** Group and run, for services with `telemetry`. */
  readonly telemetry: Pick<TelemetrySource, 'lane' | 'run'>
  /** Whether the runtime has no containers, so that every service runs as a process. Default `false`. */
  readonly processes?: boolean | undefined
}

/** Returns what a service should look like: declaration, image and overrides as one plain value. */
export const toDesiredService = ({
  name,
  resolved,
  services,
  lane,
  overrides,
  crashed,
  dependsOn,
  addressOf,
  telemetry,
  processes = false,
}: DesiredSource): DesiredService => {
  const { spec, image, files, taskImages, prebuilt } = resolved
  const { command, entrypoint, user, workdir, ports = {} } = spec
  const { sysctls, ...settings } = containerSettings(spec)
  const bySide = sysctlsBySide(sysctls)
  // Copied only if it differs: this runs once per service of the lane.
  const all = services[name] === spec ? services : { ...services, [name]: spec }
  const lookup = createLookup(
    { services: all, view: 'inside', lane, ...(addressOf === undefined ? {} : { addressOf }) },
    name,
  )
  const declaredEnv = resolveEnv({ services: all }, name, lookup)
  const local = localSpecNow(spec, overrides, processes)
  const declared: ProgramConfig = {
    image: image.reference,
    imageId: image.id,
    ...(command === undefined ? {} : { command }),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(user === undefined ? {} : { user }),
    ...(workdir === undefined ? {} : { workdir }),
    env: overrides.env(declaredEnv),
    files,
    mounts: spec.mounts ?? [],
    tmpfs: spec.tmpfs ?? {},
    ...settings,
    ...(spec.endpoint === undefined ? {} : { capDrop: ['ALL'], capAdd: ['NET_BIND_SERVICE'] }),
    ...bySide.program,
    labels: spec.labels ?? {},
    ...(spec.proxy === false ? {} : { noProxy: hostNames(services) }),
  }
  const watched = spec.telemetry === true && spec.endpoint === undefined && local === undefined
  const contained = watched
    ? {
        ...declared,
        env: overrides.env(
          withTelemetryEnv(declaredEnv, image.env, { service: name, ...telemetry }),
        ),
        ...(declared.noProxy === undefined
          ? {}
          : { noProxy: [...declared.noProxy, telemetryAddress.host] }),
      }
    : declared
  const undebugged =
    local === undefined
      ? contained
      : localProgram(
          spec,
          local,
          image.reference,
          overrides.env({ ...declaredEnv, ...localVariables(local, lookup) }),
        )
  const program = launchForDebugging(undebugged, { name, spec, requests: overrides.debug }, image)
  // Names of lane and run do not decide about files; but a kept image keeps the environment.
  const kept = watched
    ? { ...declared, env: { ...declared.env, OTEL_RESOURCE_ATTRIBUTES: '' } }
    : declared
  return {
    name,
    program,
    sandbox: {
      aliases: [name, ...(spec.aliases ?? [])],
      ...(spec.extraHosts === undefined ? {} : { extraHosts: spec.extraHosts }),
      ...bySide.network,
      publish: [
        // The test needs no way to an endpoint: it is the other end. A process does.
        ...(spec.endpoint === undefined || isReachedFromHere(services, processes)
          ? Object.values(ports)
          : []
        ).map(({ port, protocol = 'tcp' }) => ({ port, protocol })),
        ...(spec.debug?.port === undefined || spec.debug.kind !== undefined
          ? []
          : [{ port: spec.debug.port, protocol: 'tcp' as const }]),
      ],
    },
    // Its data was made with the declared environment; another one needs a set-up of its own.
    ...(prebuilt === undefined ||
    overrides.changesEnv ||
    local !== undefined ||
    program !== undebugged
      ? {}
      : {
          prebuilt: `${prebuilt}:${prebuiltTag(kept, setupContents(withValues(spec, lookup), taskImages))}`,
        }),
    state: crashed && overrides.run === 'running' ? 'stopped' : overrides.run,
    disconnected: overrides.disconnected,
    dependsOn,
    ...(local === undefined ? {} : { reaches: reachedServices(all, name) }),
    ready: local === undefined ? (spec.ready ?? defaultProbe(spec, image)) : localProbe(spec),
    ports,
    readyTimeoutMs: spec.readyTimeoutMs ?? defaultReadyTimeoutMs,
    stopTimeoutMs: graceMs(spec, overrides),
  }
}

/** Whether a service may run as a process, which reaches others at their published ports. */
const isReachedFromHere = (
  services: Readonly<Record<string, ServiceSpec>>,
  processes: boolean,
): boolean => processes || Object.values(services).some(({ local }) => local !== undefined)

/** The sandbox holds the network, so it holds the network's kernel parameters; a new program must not find old ones. */
const sysctlsBySide = (all: Sysctls = {}) => {
  const part = (ofNetwork: boolean): { readonly sysctls?: Sysctls } => {
    const entries = Object.entries(all).filter(([name]) => name.startsWith('net.') === ofNetwork)
    return entries.length === 0 ? {} : { sysctls: Object.fromEntries(entries) }
  }
  return { program: part(false), network: part(true) }
}

/** Returns the tasks of the set-up as they run, with the values of other services. */
const withValues = ({ tasks }: ServiceSpec, lookup: Lookup): Pick<ServiceSpec, 'tasks'> => {
  const value = (template: Template) => resolveTemplate(template, lookup)
  const setup = (tasks?.setup ?? []).map(({ argv, stdin, env, ...rest }) => ({
    ...rest,
    argv: argv.map(value),
    ...(stdin === undefined ? {} : { stdin: value(stdin) }),
    ...(env === undefined
      ? {}
      : { env: Object.fromEntries(Object.entries(env).map(([key, one]) => [key, value(one)])) }),
  }))
  return { tasks: { setup } }
}

/** Returns the image's health check, else a listener on the first TCP port, else none. */
const defaultProbe = (spec: ServiceSpec, image: ImageInfo): ProbeSpec | undefined => {
  if (spec.endpoint !== undefined) return undefined
  if (image.hasHealthcheck) return { kind: 'healthcheck' }
  return openPort(spec)
}

const graceMs = (spec: ServiceSpec, overrides: ServiceOverrides): number =>
  overrides.graceMs ??
  (overrides.run === 'stopped'
    ? (spec.stopTimeoutMs ?? defaultStopTimeoutMs)
    : (spec.stopTimeoutMs ?? 0))
