import type { TraceNode } from '../../../../src/trace/read/trace.ts'

/** In what state a service was for a while. */
export type ServiceState = 'starting' | 'ready' | 'paused' | 'unhealthy' | 'stopped' | 'crashed'

/** A while of one state, milliseconds since 1970. */
export interface Stretch {
  readonly state: ServiceState
  readonly start: number
  readonly end: number
}

/** A change that ends one stretch and begins the next; `gone` begins none. */
export interface StateChange {
  readonly time: number
  readonly state: ServiceState | 'gone'
}

/** Returns what an entry says of the state of its service; `undefined` if nothing. */
export const stateChangeOf = (node: TraceNode): StateChange | undefined => {
  const [event] = node.events
  if (node.kind === 'plan step') {
    const last = node.events.at(-1)
    const done = last?.k === 'plan.step' && last.status === 'done' ? last.do : ''
    return done === 'await ready' ? { time: node.end, state: 'ready' } : undefined
  }
  if (event?.k !== 'svc.state') return undefined
  const time = event.t
  if (event.healthy !== undefined) return { time, state: event.healthy ? 'ready' : 'unhealthy' }
  switch (event.state) {
    case 'started':
    case 'starting':
    case 'created':
      return { time, state: 'starting' }
    case 'running':
    case 'ready':
    case 'healthy':
    case 'unpaused':
      return { time, state: 'ready' }
    case 'unhealthy':
      return { time, state: 'unhealthy' }
    case 'paused':
      return { time, state: 'paused' }
    case 'exited':
      return { time, state: event.by === 'crash' ? 'crashed' : 'stopped' }
    case 'removed':
      return { time, state: 'gone' }
    default:
      return undefined
  }
}

/** Returns the stretches between changes, which must be in the order of time. The last one lasts until `end`. */
export const stretchesOf = (changes: readonly StateChange[], end: number): Stretch[] => {
  const stretches: { state: ServiceState; start: number; end: number }[] = []
  for (const [position, { time, state }] of changes.entries()) {
    const until = changes[position + 1]?.time ?? end
    const last = stretches.at(-1)
    if (state === 'gone') {
      // An old container is removed while the new one runs.
      if (last !== undefined && last.state !== 'stopped' && last.state !== 'crashed')
        last.end = Math.max(last.end, until)
    } else if (last?.state === state && last.end >= time) last.end = until
    else stretches.push({ state, start: time, end: until })
  }
  return stretches
}

/** Returns the state at a time. */
export const stateAt = (stretches: readonly Stretch[], time: number): ServiceState | undefined =>
  stretches.findLast(({ start, end }) => start <= time && time <= end)?.state
