import { describeRow } from './render.ts'
import { clean } from './style.ts'
import type { Tree, TreeRow } from './tree.ts'

/** One line for every service whose state is another than before, for output that cannot be redrawn. */
export const changesBetween = (before: Tree, after: Tree, now: number): string[] => {
  const states = new Map(before.rows.map((row) => [keyOf(row), row.state]))
  return after.rows
    .filter((row) => row.state !== (states.get(keyOf(row)) ?? 'unstarted'))
    .map((row) => clean(`${placeOf(row)}${row.service}  ${describeRow(row, now)}`))
}

// ---

// A row whose lane gets its name is the same row.
const keyOf = ({ lane, service }: TreeRow): string =>
  lane === 'run' ? `run/${service}` : `${lane ?? 'lane_1'}/${service}`

const placeOf = ({ lane }: TreeRow): string =>
  lane === undefined || lane === 'run' ? '' : `${lane}  `
