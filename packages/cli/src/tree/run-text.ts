import type { RunLane, RunStatus } from 'mesocosm/operate'
import { duration } from '../duration.ts'
import { renderTree, type TreeLook } from './render.ts'
import { openTree, withLane } from './tree.ts'

/** Returns a live run as text: what it runs on, its clients, pulls and builds in progress, its lanes. */
export const runText = (
  run: RunStatus,
  { color, now }: Pick<TreeLook, 'color' | 'now'>,
): string => {
  const { who, uptimeMs, engine, clients, images, lanes, kept } = run
  const look = { columns: Number.POSITIVE_INFINITY, color, now, still: true }
  return [
    `run ${who}${kept ? ', kept' : ''}, up ${duration(uptimeMs)}, on ${engine}`,
    ...(run.recordFault === undefined ? [] : [`warning: ${run.recordFault}`]),
    ...clients
      .filter(({ pid }) => pid !== process.pid)
      .map(({ client, pid }) => `client ${client}, process ${pid}`),
    ...images.map(({ doing, forMs }) => `${doing}  ${duration(forMs)}`),
    ...lanes.flatMap((lane) => {
      const title = `${lane.topology}  ${lane.lane} ${stateOf(lane)}`
      return renderTree(withLane(openTree(title, now), lane, now), look)
    }),
  ].join('\n')
}

// ---

const stateOf = ({ state, kept }: RunLane): string => {
  if (state === 'leased') return 'in use'
  return kept === undefined ? state : `kept as “${kept.title}” left it`
}
