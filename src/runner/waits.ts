import type { Caller } from '../client/session/caller.ts'
import { messageOf } from '../errors/unknown-error.ts'
import type { ServiceView } from '../model/service-view.ts'

/** What a test waits for right now. */
export interface Waits {
  /** Runs `work`, which is waited for until it settles. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>
  /** Whether anything is waited for. */
  readonly pending: boolean
  /** Returns what is waited for and why it is not done yet, one line each; empty if nothing is. */
  describe(lane: string | undefined): Promise<string[]>
}

/** How long the supervisor may take to describe what it does. */
const answerMs = 2_000

/** Creates the waits of one test. */
export const createWaits = (caller: Pick<Caller, 'call'>): Waits => {
  const open = new Map<symbol, { readonly what: string; readonly since: number }>()
  return {
    get pending() {
      return open.size > 0
    },
    async during(what, work) {
      const key = Symbol(what)
      open.set(key, { what, since: performance.now() })
      try {
        return await work()
      } finally {
        open.delete(key)
      }
    },
    async describe(lane) {
      if (open.size === 0) return []
      const lines = [...open.values()].map(
        ({ what, since }) => `${what}, for ${seconds(performance.now() - since)}`,
      )
      return [...lines, ...(await busyIn(caller, lane))]
    },
  }
}

/** Returns a line per service of the lane that is not ready yet, and per pull or build of the run. */
export const busyIn = async (
  caller: Pick<Caller, 'call'>,
  lane: string | undefined,
): Promise<string[]> => {
  try {
    const run = await caller.call('ps', {}, { timeoutMs: answerMs, what: 'the state of the run' })
    const services = run.lanes.find((other) => other.lane === lane)?.services ?? []
    return [
      ...services.flatMap(busyService),
      // Which of them the lane needs is not known here: other lanes of the run may have asked for them.
      ...run.images.map(({ doing, forMs }) => `in this run: ${doing}, for ${seconds(forMs)}`),
    ]
  } catch (error) {
    return [`(the supervisor did not say what it is doing: ${messageOf(error)})`]
  }
}

// ---

const busyService = ({ name, state, forMs, awaits }: ServiceView): string[] => {
  if (state !== 'preparing' && state !== 'starting') return []
  const time = forMs === undefined ? '' : `, for ${seconds(forMs)}`
  return [`${name} is ${state}${time}${awaits === undefined ? '' : `: waiting for ${awaits}`}`]
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
