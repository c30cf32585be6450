import type { JSX } from 'preact'
import { stateAt } from '../../model/states.ts'
import type { Layout, Row } from '../../timeline/layout.ts'
import { useStore } from '../context.ts'

/** Names of the rows. A service shows its rows and lines only; a lane opens and closes. */
export const RowLabels = ({ layout }: { readonly layout: Layout }): JSX.Element => {
  const store = useStore()
  const { services } = store.link.value
  const end = store.limits.value[1]
  const press = ({ kind, label, lane, service }: Row) => {
    if (kind === 'lane' && lane !== undefined) {
      const closed = new Set(store.closedLanes.value)
      if (!closed.delete(lane)) closed.add(lane)
      store.closedLanes.value = closed
    } else if (service !== undefined)
      store.go({
        services: services.includes(label)
          ? services.filter((name) => name !== label)
          : [...services, label],
      })
  }
  return (
    <div class="labels">
      {layout.rows.map((row) => {
        const style = { top: `${row.y}px`, height: `${row.height}px` }
        const key = `${row.kind} ${row.lane} ${row.label}`
        if (row.kind === 'steps')
          return (
            <span key={key} class="label steps" style={style}>
              {row.label}
            </span>
          )
        const lane = row.kind === 'lane'
        const state = lane
          ? undefined
          : stateAt(row.states, Math.min(end, row.states.at(-1)?.end ?? end))
        return (
          <button
            key={key}
            type="button"
            class={`label ${row.kind}`}
            style={style}
            aria-expanded={lane ? !store.closedLanes.value.has(row.lane ?? '') : undefined}
            aria-pressed={lane ? undefined : services.includes(row.label)}
            title={lane ? undefined : `Show only ${row.label}`}
            onClick={() => press(row)}
          >
            {!lane && <i class={`dot ${state ?? ''}`} title={state} />}
            <span class="name">{row.label}</span>
            {row.note !== undefined && <small>{row.note}</small>}
          </button>
        )
      })}
    </div>
  )
}
