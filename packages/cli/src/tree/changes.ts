import { describeRow } from './render.ts'
import { clean } from './style.ts'
import type { Tree, TreeRow } from './tree.ts'

/** Returns one line per service whose state has changed and one per new warning, for output that cannot be redrawn. */
export const changesBetween = (before: Tree, after: Tree, now: number): string[] => {
  const states = new Map(before.rows.map((row) => [keyOf(row), row.state]))
  const rows = after.rows
    .filter((row) => row.state !== (states.get(keyOf(row)) ?? 'unstarted'))
    .map((row) => clean(`${prefixOf(row)}${row.service}  ${describeRow(row, now)}`))
  const warnings = (after.warnings ?? []).slice(before.warnings?.length ?? 0)
  return [...rows, ...warnings.map((text) => clean(`warning  ${text}`))]
}

// ---

// A row keeps its key when its lane gets a name.
const keyOf = ({ lane, service }: TreeRow): string =>
  lane === 'run' ? `run/${service}` : `${lane ?? 'lane_1'}/${service}`

const prefixOf = ({ lane }: TreeRow): string =>
  lane === undefined || lane === 'run' ? '' : `${lane}  `
