import { isAbsolute, relative } from 'node:path'
import { dependencies } from '../../graph/dependencies.ts'
import { refParts } from '../../graph/references.ts'
import type { ServiceSpec, TopologySpec } from '../../model/service-spec.ts'
import type { Moments, RecordedService } from '../../trace/event/event.ts'
import type { EventFile } from '../../trace/write/event-file.ts'

/** Records the topologies of a run, each once until it changes. */
export interface TopologyNotes {
  note(spec: TopologySpec): void
}

/** Creates the notes of a run. */
export const createTopologyNotes = (events: EventFile): TopologyNotes => {
  const noted = new Map<string, string>()
  /** Most leases of a client are of the same object. */
  const seen = new WeakSet<TopologySpec>()
  return {
    note(spec) {
      if (seen.has(spec)) return
      seen.add(spec)
      const entry = recordedTopology(spec)
      const text = JSON.stringify(entry)
      if (noted.get(spec.name) === text) return
      noted.set(spec.name, text)
      events.write('topology', entry)
    },
  }
}

/** Returns what the record says of a topology. */
export const recordedTopology = (spec: TopologySpec): Moments['topology'] => ({
  name: spec.name,
  services: Object.fromEntries(
    Object.keys(spec.services).map((name) => [name, recordedService(spec, name)]),
  ),
})

/**
 * Returns what the record says of one service: its source, ports, and what it refers to. No value of its environment,
 * because those may be secrets that were not declared as such.
 */
export const recordedService = (spec: TopologySpec, name: string): RecordedService => {
  const service = spec.services[name] ?? {}
  const { kind, share, ports = {}, env = {} } = service
  const needs = dependencies(spec)[name] ?? {}
  return {
    ...(kind === undefined ? {} : { kind }),
    ...sourceOf(service, spec.root),
    ...(share === 'run' ? { share } : {}),
    ...(isEmpty(ports)
      ? {}
      : {
          ports: Object.fromEntries(
            Object.entries(ports).map(([port, { port: number, scheme, protocol }]) => [
              port,
              { port: number, scheme, ...(protocol === 'udp' ? { protocol } : {}) },
            ]),
          ),
        }),
    ...(isEmpty(env)
      ? {}
      : {
          env: Object.fromEntries(
            Object.entries(env).map(([key, template]) => [
              key,
              refParts(template).map(({ ref }) => ref),
            ]),
          ),
        }),
    ...(isEmpty(needs) ? {} : { needs }),
  }
}

// ---

const sourceOf = ({ image, build, from, endpoint }: ServiceSpec, root: string) => {
  if (image !== undefined) return { image }
  if (build !== undefined) return { build: inProject(root, build.context) }
  if (from !== undefined) return { from: from.export }
  return endpoint === undefined ? {} : { endpoint }
}

/** A record is read on other machines, too. */
const inProject = (root: string, folder: string): string => {
  const path = relative(root, folder).replaceAll('\\', '/')
  return isAbsolute(path) || path.startsWith('..') ? folder : path === '' ? '.' : path
}

const isEmpty = (record: object): boolean => Object.keys(record).length === 0
