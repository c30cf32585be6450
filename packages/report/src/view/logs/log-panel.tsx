import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { toggleTerm } from '../../filter/parse-filter.ts'
import type { Scope } from '../../link/link.ts'
import { fold, foldAtMost } from '../../logs/fold.ts'
import { counted, offset } from '../../text/format.ts'
import { Cell } from '../cell.tsx'
import { useStore } from '../context.ts'
import { CopyButton } from '../copy-button.tsx'
import { hueOf } from '../hue.ts'
import { VirtualList } from '../virtual-list.tsx'
import { linesAsText } from './log-copy.ts'
import { LogText } from './log-text.tsx'

/** Lines of the services: of the test, of its time, or of the run. */
export const LogPanel = (): JSX.Element => {
  const store = useStore()
  const opened = useSignal<ReadonlySet<number>>(new Set())
  const folded = useComputed(() => {
    const [logs, rows] = [store.logs.value, store.rows.value]
    if (logs === undefined || rows === undefined) return undefined
    return rows.length > foldAtMost ? { heads: rows, hidden: none } : fold(logs, rows, opened.value)
  }).value
  const [logs, index] = [store.logs.value, store.index.value]
  if (logs === undefined || index === undefined || folded === undefined)
    return <p class="nothing">Reading the lines…</p>
  const { heads, hidden } = folded
  const { include } = store.filter.value
  const origin = store.origin.value
  const chosen = rowOfEntry(store.link.value.entry)
  const active = chosen === undefined ? -1 : heads.indexOf(chosen)
  const toggle = (row: number) => {
    const next = new Set(opened.value)
    if (!next.delete(row)) next.add(row)
    opened.value = next
  }
  if (heads.length === 0) return <NoLines />
  return (
    <VirtualList
      id="log"
      label="Log lines"
      count={heads.length}
      rowHeight={20}
      active={active}
      tail={store.source.follow !== undefined}
      onActive={(at) => store.go({ entry: `log:${heads[at]}` })}
      onOpen={(at) => (hidden[at] ?? 0) > 0 && toggle(heads[at] ?? -1)}
      onKey={(_, at) => (hidden[at] ?? 0) > 0 && toggle(heads[at] ?? -1)}
      onHover={(at) => {
        store.pointed.value = at === undefined ? undefined : logs.time(heads[at] ?? 0)
      }}
      row={(at) => {
        const row = heads[at] ?? 0
        const service = logs.service(row)
        // Without a test there is none that a line is unsure about.
        const how = store.chosen.value === undefined ? 'exact' : logs.attribution(row).how
        const more = hidden[at] ?? 0
        return {
          class: `log ${logs.level(row) ?? ''} ${logs.stream(row) === 2 ? 'stderr' : ''} how-${how}`,
          cells: (
            <>
              <Cell class="time">{offset(logs.time(row) - origin)}</Cell>
              <Cell class={`svc hue${hueOf(service)}`}>{index.services[service]}</Cell>
              <Cell class="grow text">
                <LogText text={logs.text(row)} wanted={include} atMost={2000} />
              </Cell>
              {more > 0 && (
                <Cell>
                  <button
                    type="button"
                    tabIndex={-1}
                    class="more"
                    aria-expanded={opened.value.has(row)}
                    onClick={(event) => {
                      event.stopPropagation()
                      toggle(row)
                    }}
                  >
                    {opened.value.has(row) ? 'fold' : `+${more}`}
                  </button>
                </Cell>
              )}
            </>
          ),
        }
      }}
    />
  )
}

/** What limits the lines, and how many there are. */
export const LogTools = (): JSX.Element => {
  const store = useStore()
  const { scope, query } = store.link.value
  const inTest = store.chosen.value !== undefined
  const rows = store.rows.value
  const levels = store.filter.value.levels
  return (
    <>
      {inTest && (
        <fieldset class="segments">
          <legend class="unseen">Lines of</legend>
          {scopes.map(([value, label, title]) => (
            <button
              key={value}
              type="button"
              aria-pressed={scope === value}
              title={title}
              onClick={() => store.go({ scope: value })}
            >
              {label}
            </button>
          ))}
        </fieldset>
      )}
      <fieldset class="segments levels">
        <legend class="unseen">Levels</legend>
        {(['error', 'warn'] as const).map((level) => (
          <button
            key={level}
            type="button"
            class={level}
            aria-pressed={levels.some(({ value, not }) => value === level && !not)}
            onClick={() => store.go({ query: toggleTerm(query, 'lvl', level) })}
          >
            {level === 'error' ? 'errors' : 'warnings'}
          </button>
        ))}
      </fieldset>
      <span class="grow" />
      {rows !== undefined && <span class="soft num">{counted(rows.length, 'line')}</span>}
      {rows !== undefined && rows.length > 0 && (
        <CopyButton bare label="Copy the lines" text={() => linesAsText(store, rows)} />
      )}
    </>
  )
}

/** Returns the row of the log that an entry of a link names. */
export const rowOfEntry = (entry: string | undefined): number | undefined =>
  entry?.startsWith('log:') ? Number(entry.slice(4)) : undefined

// ---

const none = new Uint16Array()

const scopes: readonly (readonly [Scope, string, string])[] = [
  ['test', 'This test', 'Lines that belong to this test, or may do'],
  ['time', 'Same time', 'Lines of all lanes while this test ran'],
  ['run', 'Whole run', 'All lines'],
]

const NoLines = (): JSX.Element => {
  const store = useStore()
  const { query, range, services, scope } = store.link.value
  const limits = query !== '' || range !== undefined || services.length > 0
  return (
    <div class="nothing">
      <p>{store.logs.value?.length === 0 ? 'No service wrote a line.' : 'No line fits.'}</p>
      {limits && (
        <button
          type="button"
          class="button"
          onClick={() => store.go({ query: '', range: undefined, services: [] })}
        >
          Clear all filters
        </button>
      )}
      {!limits && scope === 'test' && store.chosen.value !== undefined && (
        <button type="button" class="button" onClick={() => store.go({ scope: 'time' })}>
          Show lines of the same time
        </button>
      )}
    </div>
  )
}
