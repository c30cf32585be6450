import { openLane } from 'mesocosm/runner'
import { tell } from '../../lib/script.ts'
import { topology } from './topology.ts'

/** What a test wants to know of a process that has leased a lane. */
export interface Leased {
  readonly run: string
  /** Process id of the supervisor. */
  readonly supervisor: number
  readonly lane: string
  readonly url: string
}

/** Leases a lane, by the key among the arguments if there is one, and tells the test. */
export const leaseAndTell = async () => {
  const key = process.argv[3]
  const { lane, link } = await openLane(topology, key === undefined ? {} : { key })
  const { run, pid } = link.session.facts
  const { url } = lane.services.api.http
  tell('leased', { run, supervisor: pid, lane: lane.name, url } satisfies Leased)
  return lane
}
