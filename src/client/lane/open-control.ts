import type { ControlOptions, LaneControl } from '../../define/lane.ts'
import type { AnyTopology } from '../../define/topology.ts'
import { commandsOf } from './commands-of.ts'
import type { LaneLink } from './lane-link.ts'

const defaultTimeoutMs = 30_000

/** Opens the Control API of a leased lane; see `Lane.control`. */
export const openControl = async (
  link: LaneLink,
  topology: AnyTopology,
  { network = false, timeoutMs = defaultTimeoutMs, signal }: ControlOptions = {},
): Promise<LaneControl> =>
  link.call(
    'control',
    { lane: link.name, network, commands: await commandsOf(topology) },
    { timeoutMs, signal, what: `the Control API of lane ${link.name}` },
  )
