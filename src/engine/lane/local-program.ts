import { resolve } from 'node:path'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { serviceUnknown } from '../../errors/service-unknown.ts'
import { containerSettings } from '../../model/container-settings.ts'
import type { ProbeSpec } from '../../model/probe.ts'
import { own } from '../../model/record.ts'
import {
  type LocalSpec,
  localSpecOf,
  type ServiceSpec,
  type TopologySpec,
} from '../../model/service-spec.ts'
import type { ProgramConfig } from '../../plan/desired.ts'
import { type Lookup, resolveTemplate } from '../../plan/outputs.ts'
import type { ServiceOverrides } from './service-overrides.ts'

/** What `swap` may replace in the `local` key of a service. */
export interface SwapRequest {
  /** Program and arguments. */
  readonly command?: readonly string[] | undefined
  /** Working folder; relative to the folder of the topology. */
  readonly cwd?: string | undefined
}

/**
 * Returns how a service runs as a process: its `local` key, with what the caller asks for.
 *
 * @param root folder of the topology.
 * @throws {MesocosmError} `LOCAL_UNSUPPORTED`.
 */
export const localSpecFor = (
  name: string,
  spec: ServiceSpec,
  { command, cwd }: SwapRequest,
  root: string,
): LocalSpec => {
  const declared = localSpecOf(spec)
  const program = command ?? declared?.command
  const reason = whyNotLocal(spec, program)
  if (program === undefined || reason !== undefined)
    throw new MesocosmError({
      code: 'LOCAL_UNSUPPORTED',
      message: `${name} cannot run as a process of this machine: ${reason?.text}`,
      ...(reason === undefined ? {} : { remedy: reason.remedy }),
      facts: { service: name },
    })
  const folder = cwd === undefined ? undefined : resolve(root, cwd)
  return {
    ...declared,
    command: program,
    cwd: folder ?? declared?.cwd ?? spec.build?.context ?? root,
  }
}

/**
 * Throws if one of these services of a topology cannot run as a process.
 *
 * @param names as in `MESOCOSM_LOCAL`.
 * @throws {MesocosmError} `SERVICE_UNKNOWN`, `LOCAL_UNSUPPORTED`, with all faults.
 */
export const assertLocal = ({ services, root }: TopologySpec, names: readonly string[]): void => {
  const known = Object.keys(services)
  const faults = names.flatMap((name): readonly unknown[] => {
    const spec = own(services, name)
    if (spec === undefined) return [serviceUnknown(name, known, { in: 'MESOCOSM_LOCAL' })]
    try {
      localSpecFor(name, spec, {}, root)
      return []
    } catch (error) {
      return [error]
    }
  })
  const [first, ...others] = faults
  if (others.length > 0 && isMesocosmError(first))
    throw new MesocosmError({
      code: first.code,
      message: `${faults.length} services of MESOCOSM_LOCAL cannot run as processes of this machine`,
      remedy: 'correct the variable, or add the key `local` to these services',
      facts: { services: names },
      details: faults.map((fault) => (isMesocosmError(fault) ? fault.summary : String(fault))),
    })
  if (first !== undefined) throw first
}

/** Returns how the service runs as a process; `undefined` if it runs in a container. */
export const localSpecNow = (
  spec: ServiceSpec,
  overrides: ServiceOverrides,
  /** Whether the runtime has no containers. */
  processes: boolean,
): LocalSpec | undefined => {
  if (spec.endpoint !== undefined) return undefined
  return overrides.swapped ?? (overrides.isLocal || processes ? localSpecOf(spec) : undefined)
}

/** Returns what a process is created from, with the environment as services in containers would see it. */
export const localProgram = (
  spec: ServiceSpec,
  local: LocalSpec,
  image: string,
  env: Readonly<Record<string, string>>,
): ProgramConfig => {
  const { sysctls: _, ...settings } = containerSettings(spec)
  const names = Object.keys(spec.ports ?? {})
  const [first] = names
  return {
    ...settings,
    image,
    imageId: 'local',
    env,
    files: [],
    mounts: [],
    tmpfs: {},
    labels: spec.labels ?? {},
    local: {
      command: local.command,
      cwd: local.cwd,
      ports: Object.fromEntries(
        Object.entries(spec.ports ?? {}).map(([name, { port }]) => [name, port]),
      ),
      portEnv: local.portEnv ?? (first === undefined ? {} : { [first]: 'PORT' }),
      ...(local.files === undefined ? {} : { files: local.files }),
      ...(local.watch === undefined ? {} : { watch: local.watch }),
    },
  }
}

/** Returns the variables of the `local` key with their values. */
export const localVariables = ({ env = {} }: LocalSpec, lookup: Lookup): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).map(([key, template]) => [key, resolveTemplate(template, lookup)]),
  )

/**
 * Returns the probe for a process: it has no image with a health check, and its sockets are among all those of this
 * machine, so they are looked for from outside.
 */
export const localProbe = (spec: ServiceSpec): ProbeSpec | undefined => {
  const open = openPort(spec)
  const { ready } = spec
  if (ready === undefined) return open
  const converted = (probe: ProbeSpec): readonly ProbeSpec[] => {
    if (probe.kind === 'all') {
      const probes = probe.probes.flatMap(converted)
      return probes.length === 0 ? [] : [{ ...probe, probes }]
    }
    if (probe.kind === 'healthcheck') return open === undefined ? [] : [open]
    if (probe.kind !== 'tcp' || probe.from !== 'inside') return [probe]
    const { from: _, ...rest } = probe
    return [rest]
  }
  return converted(ready)[0]
}

/** Returns the probe for a listener on the first TCP port; `undefined` without one. */
export const openPort = (spec: ServiceSpec): ProbeSpec | undefined => {
  const first = Object.entries(spec.ports ?? {}).find(
    ([, { protocol = 'tcp' }]) => protocol === 'tcp',
  )
  return first === undefined ? undefined : { kind: 'tcp', port: first[0] }
}

// ---

const whyNotLocal = (
  spec: ServiceSpec,
  command: readonly string[] | undefined,
): { readonly text: string; readonly remedy: string } | undefined => {
  if (spec.endpoint !== undefined)
    return { text: 'the test answers at its ports', remedy: 'use lane.listen' }
  if (command === undefined && spec.local !== undefined && 'unsupported' in spec.local)
    return {
      text: spec.local.unsupported,
      remedy: spec.local.remedy ?? 'run it in its container, or pass { command } to swap',
    }
  if (command === undefined)
    return {
      text: 'it has no `local` key',
      remedy: "add local: { command: ['npm', 'run', 'dev'] } to it, or pass { command } to swap",
    }
  const udp = Object.entries(spec.ports ?? {}).find(([, { protocol }]) => protocol === 'udp')
  return udp === undefined
    ? undefined
    : {
        text: `its port ${udp[0]} is UDP, and only TCP is carried`,
        remedy: 'run it in a container',
      }
}
