import type { CallJournal, OpenWait } from '../client/record/call-journal.ts'
import type { Caller } from '../client/session/caller.ts'
import { messageOf } from '../errors/unknown-error.ts'
import type { ImageWork } from '../model/image-work.ts'
import type { LaneView, ServiceView } from '../model/service-view.ts'
import { now } from '../trace/event/clock.ts'

/** What a test waits for right now. */
export interface Waits {
  /** Runs `work`, which is waited for until it settles. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>
  /** Whether anything is waited for. */
  readonly pending: boolean
  /** Returns what is waited for, one line each. */
  lines(): string[]
}

/** How the lane of a test looks to the supervisor. */
export interface LaneLook {
  /** A line per service that is not ready yet, and per pull or build of the run: what a wait may wait for. */
  readonly busy: readonly string[]
  /** A line per service that does not run any more. */
  readonly ended: readonly string[]
}

/** How long the supervisor may take to describe what it does. */
const answerMs = 2_000

/** Creates the waits of one test. */
export const createWaits = (): Waits => {
  const open = new Map<symbol, { readonly what: string; readonly since: number }>()
  return {
    get pending() {
      return open.size > 0
    },
    async during(what, work) {
      const key = Symbol(what)
      open.set(key, { what, since: now() })
      try {
        return await work()
      } finally {
        open.delete(key)
      }
    },
    lines: () =>
      [...open.values()].map(({ what, since }) => `${what}, for ${seconds(now() - since)}`),
  }
}

/** Returns a line per call that a test has under way: `mail.waitForMessage(…), for 4.9 s, in step “sign up”`. */
export const callLines = (calls: CallJournal, test: string): string[] =>
  calls
    .waits(test)
    // A start of services is waited for by the runner.
    .filter(({ title }) => !title.startsWith('lane.start('))
    .map(callLine)

/** Asks the supervisor how a lane is. Never rejects. */
export const lookAt = async (
  caller: Pick<Caller, 'call'>,
  lane: string | undefined,
): Promise<LaneLook> => {
  try {
    return lookIn(
      await caller.call('ps', {}, { timeoutMs: answerMs, what: 'the state of the run' }),
      lane,
    )
  } catch (error) {
    return {
      busy: [`(the supervisor did not say what it is doing: ${messageOf(error)})`],
      ended: [],
    }
  }
}

// ---

/** What the supervisor says of the run. */
interface RunLook {
  readonly lanes: readonly LaneView[]
  readonly images: readonly ImageWork[]
}

const lookIn = ({ lanes, images }: RunLook, lane: string | undefined): LaneLook => {
  const services = lanes.find((other) => other.lane === lane)?.services ?? []
  return {
    busy: [
      ...services.flatMap(busyService),
      // Which of them the lane needs is not known here: other lanes of the run may have asked for them.
      ...images.map(({ doing, forMs }) => `in this run: ${doing}, for ${seconds(forMs)}`),
    ],
    ended: services.flatMap(endedService),
  }
}

const callLine = ({ title, forMs, within }: OpenWait): string =>
  `${title}, for ${seconds(forMs)}${within.length === 0 ? '' : `, in ${within.join(' › ')}`}`

const busyService = ({ name, state, forMs, awaits }: ServiceView): string[] => {
  if (state !== 'preparing' && state !== 'starting') return []
  const time = forMs === undefined ? '' : `, for ${seconds(forMs)}`
  return [`${name} is ${state}${time}${awaits === undefined ? '' : `: waiting for ${awaits}`}`]
}

const endedService = ({ name, state, exitCode }: ServiceView): string[] => {
  if (state === 'paused' || state === 'stopped') return [`${name} is ${state}`]
  // A job that is done is not missing.
  if (exitCode === 0 || (state !== 'exited' && state !== 'failed')) return []
  return [exitCode === undefined ? `${name} has ${state}` : `${name} exited with code ${exitCode}`]
}

/** Returns a duration as `4.9 s`. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
