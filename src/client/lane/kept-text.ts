import { messageOf } from '../../errors/unknown-error.ts'
import type { KeptLane } from '../../model/kept-lane.ts'
import type { LaneView, ServiceView } from '../../model/service-view.ts'

/** A lane that was kept, and the run that it belongs to. */
export interface KeptText {
  readonly kept: KeptLane & LaneView
  /** Name of the run for `--run`. */
  readonly run: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Returns what a person needs to look at a kept lane: the addresses of its services, and the commands to use. */
export const keptText = ({ kept, run, now }: KeptText): string => {
  const { lane, services, title, file, until } = kept
  const at = `--run ${run} --lane ${lane}`
  const started = services.filter(({ state }) => state !== 'unstarted')
  const width = Math.max(0, ...started.map(({ name }) => name.length))
  const any =
    started.find(({ state }) => state === 'ready')?.name ?? started[0]?.name ?? '<service>'
  const minutes = Math.max(1, Math.round((until - now) / 60_000))
  return [
    `${lane} is kept as “${title}”${file === undefined ? '' : ` (${file})`} left it, for ${minutes} min`,
    ...started.flatMap((service) => linesOf(service, width)),
    `  run a command   mesocosm exec ${any} ${at} -- <command>`,
    `  read the logs   mesocosm logs ${any} ${at}`,
    '  list kept lanes mesocosm lanes',
    '  remove them     mesocosm down',
  ].join('\n')
}

/** Returns why a lane is not kept when as many as allowed are. */
export const tooManyKeptText = (lane: string, atMost: number): string =>
  `${lane} is not kept: ${atMost} lanes are kept already; raise MESOCOSM_KEEP_LANES to keep more`

/** Returns why a lane is not kept after an error. The test or command has failed in any case: its own error comes first. */
export const notKeptText = (lane: string, error: unknown): string =>
  `${lane} could not be kept: ${messageOf(error)}`

// ---

const linesOf = (service: ServiceView, width: number): string[] => {
  const { name, state, exitCode, container } = service
  const how = exitCode === undefined ? state : `${state} with code ${exitCode}`
  const shell =
    container === undefined || exitCode !== undefined ? [] : [`docker exec -it ${container} sh`]
  return [`  ${[name.padEnd(width), how.padEnd(6), ...addressesOf(service), ...shell].join('  ')}`]
}

/** Returns the service's own `url` if it has one, else those of its ports. */
const addressesOf = ({ outputs }: ServiceView): string[] => {
  const { url } = outputs
  if (typeof url === 'string') return [url]
  return Object.entries(outputs).flatMap(([name, value]) =>
    name.endsWith('.url') && typeof value === 'string' ? [value] : [],
  )
}
