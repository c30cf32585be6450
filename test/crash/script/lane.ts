import { openLane } from 'mesocosm/runner'
import { tell } from '../../lib/script.ts'
import { topology } from './topology.ts'

/** What a script reports about its lane to the test. */
export interface Leased {
  readonly run: string
  /** Process id of the supervisor. */
  readonly supervisor: number
  readonly lane: string
  readonly url: string
}

/** Leases a lane, with the key in the arguments if there is one, and reports it to the test. */
export const leaseAndTell = async () => {
  const key = process.argv[3]
  const { lane, link } = await openLane(topology, key === undefined ? {} : { key })
  const { run, pid } = link.session.facts
  const { url } = lane.services.api.http
  tell('leased', { run, supervisor: pid, lane: lane.name, url } satisfies Leased)
  return lane
}
