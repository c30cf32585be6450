import type { PlannedStep } from '../../../../src/trace/event/event.ts'

/** A line from a step to one that waited for it, as rows. */
export interface Rail {
  readonly from: number
  readonly to: number
  /** 0 is the nearest one to the steps. */
  readonly column: number
}

/** Returns lines for all waits of a plan; lines that would cover each other are in columns of their own. */
export const railsOf = (
  steps: readonly Pick<PlannedStep, 'id' | 'after'>[],
): { readonly rails: readonly Rail[]; readonly width: number } => {
  const rowOf = new Map(steps.map(({ id }, row) => [id, row]))
  const waits = steps
    .flatMap(({ after }, to) => after.map((id) => ({ from: rowOf.get(id) ?? -1, to })))
    .filter(({ from, to }) => from >= 0 && from < to)
    .sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from)
  const columns: { readonly from: number; readonly to: number }[][] = []
  const rails = waits.map(({ from, to }): Rail => {
    // Lines from the same step, or to the same one, may share a column.
    const free = columns.findIndex((column) =>
      column.every(
        (other) => other.from === from || other.to === to || other.to <= from || other.from >= to,
      ),
    )
    const column = free === -1 ? columns.length : free
    const placed = columns[column]
    if (placed === undefined) columns.push([{ from, to }])
    else placed.push({ from, to })
    return { from, to, column }
  })
  return { rails, width: columns.length }
}
