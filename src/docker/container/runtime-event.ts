import type { RuntimeEvent } from '../../runtime/container-event.ts'
import type { EventJson } from '../api/api-types.ts'

/** An event of a container. */
export type ContainerEvent = Exclude<RuntimeEvent, { readonly kind: 'engine-gone' }>

/** Returns an event of the engine as an event of the runtime; `undefined` for one that does not matter here. */
export const runtimeEvent = (json: EventJson): ContainerEvent | undefined => {
  const container = json.Actor.ID
  const timeMs = json.timeNano / 1e6
  switch (json.Action) {
    case 'start':
      return { kind: 'started', container, timeMs }
    case 'pause':
      return { kind: 'paused', container, timeMs }
    case 'unpause':
      return { kind: 'unpaused', container, timeMs }
    case 'destroy':
    // Podman's word.
    case 'remove':
      return { kind: 'removed', container, timeMs }
    case 'oom':
      return { kind: 'out-of-memory', container, timeMs }
    case 'die': {
      const exitCode = Number(json.Actor.Attributes.exitCode ?? Number.NaN)
      return { kind: 'exited', container, exitCode, timeMs }
    }
    default: {
      const health = healthOf(json)
      return health === undefined
        ? undefined
        : { kind: 'health', container, healthy: health === 'healthy', timeMs }
    }
  }
}

/** Returns whether an event is of a container with all of these labels: Podman also sends those with one of them. */
export const carries = (
  { Actor: { Attributes: attributes } }: EventJson,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(labels).every(([name, value]) => attributes[name] === value)

// ---

// Docker has the result in the action, Podman in a field of its own, and after every check.
const healthOf = ({ Action: action, HealthStatus: status }: EventJson): string | undefined =>
  /^(?:healthy|unhealthy)$/.exec(
    action === 'health_status' ? (status ?? '') : action.replace(/^health_status: /, ''),
  )?.[0]
