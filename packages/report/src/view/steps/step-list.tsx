import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { isEmpty, textFits } from '../../filter/filter.ts'
import { nameFits } from '../../filter/log-filter.ts'
import { markOf } from '../../model/entry.ts'
import { nodeRows, opensByItself } from '../../model/node-rows.ts'
import { duration, offset } from '../../text/format.ts'
import { Cell } from '../cell.tsx'
import { useStore } from '../context.ts'
import { hueOf } from '../hue.ts'
import { Icon, type IconName, OutcomeIcon } from '../icon.tsx'
import type { Store } from '../store.ts'
import { VirtualList } from '../virtual-list.tsx'

/** Everything that happened in the test or the run, as a list: what the timeline shows, for keys and screen readers. */
export const StepList = (): JSX.Element => {
  const store = useStore()
  /** Nodes that are not as they are by themselves. */
  const toggled = useSignal<ReadonlySet<TraceNode>>(new Set())
  const rows = useComputed(() => rowsOf(store, toggled.value)).value
  const model = store.model.value
  if (model === undefined) return <p class="nothing">Reading what happened…</p>
  if (rows.length === 0) return <p class="nothing">Nothing that fits happened here.</p>
  const { entry } = store.link.value
  const active = rows.findIndex(({ node }) => model.keyOf(node) === entry)
  const origin = store.origin.value
  const [from, to] = store.limits.value
  const toggle = (node: TraceNode) => {
    const next = new Set(toggled.value)
    if (!next.delete(node)) next.add(node)
    toggled.value = next
  }
  return (
    <VirtualList
      id="step"
      role="treegrid"
      label="Steps"
      count={rows.length}
      rowHeight={24}
      active={active}
      onActive={(at) => {
        const row = rows[at]
        if (row !== undefined) store.go({ entry: model.keyOf(row.node) })
      }}
      onOpen={(at) => {
        const row = rows[at]
        if (row?.open !== undefined) toggle(row.node)
      }}
      onKey={(key, at) => {
        const row = rows[at]
        if (row?.open !== undefined && (key === 'ArrowRight') !== row.open) toggle(row.node)
      }}
      onHover={(at) => {
        store.pointed.value = at === undefined ? undefined : rows[at]?.node.start
      }}
      row={(at) => {
        const row = rows[at]
        if (row === undefined) return { cells: null }
        const { node, depth, open } = row
        const failed = node.error !== undefined || node.status === 'failed'
        return {
          class: `step ${failed ? 'failed' : ''}`,
          level: depth + 1,
          ...(open === undefined ? {} : { expanded: open }),
          cells: (
            <>
              <Cell class="time">{offset(node.start - origin)}</Cell>
              <Cell class="grow name" style={{ paddingLeft: `${depth * 14}px` }}>
                {open === undefined ? (
                  <i class="twist" />
                ) : (
                  <button
                    type="button"
                    tabIndex={-1}
                    class="twist"
                    aria-label={open ? 'Close' : 'Open'}
                    onClick={(event) => {
                      event.stopPropagation()
                      toggle(node)
                    }}
                  >
                    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                      <path d={open ? 'M4 6l4 4 4-4' : 'M6 4l4 4-4 4'} />
                    </svg>
                  </button>
                )}
                <NodeIcon node={node} />
                <span class="title">{node.name}</span>
                {node.cause !== undefined && <span class="soft cause">{node.cause}</span>}
                {node.error !== undefined && <span class="bad cause">{node.error.message}</span>}
              </Cell>
              <Cell class={`svc hue${hueOf(numberOf(store, node.service))}`}>{node.service}</Cell>
              <Cell class="share" aria-hidden="true">
                <i style={barOf(node, from, to)} class={failed ? 'bad' : ''} />
              </Cell>
              <Cell class="ms">{node.end > node.start ? duration(node.end - node.start) : ''}</Cell>
            </>
          ),
        }
      }}
    />
  )
}

/** Chooses the entry after or before the chosen one. */
export const stepEntry = (store: Store, by: 1 | -1): void => {
  const model = store.model.value
  if (model === undefined) return
  const rows = rowsOf(store, new Set())
  const at = rows.findIndex(({ node }) => model.keyOf(node) === store.link.value.entry)
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : at + by]
  if (next !== undefined) store.go({ entry: model.keyOf(next.node) })
}

/** Icon of what a node stands for. */
export const NodeIcon = ({ node }: { readonly node: TraceNode }): JSX.Element => {
  const mark = markOf(node)
  if (node.kind === 'test')
    return (
      <OutcomeIcon
        outcome={
          node.status === 'passed'
            ? 'passed'
            : node.status === 'skipped'
              ? 'skipped'
              : node.status === 'unfinished'
                ? 'unfinished'
                : 'failed'
        }
      />
    )
  const name: IconName | undefined = mark ?? icons[node.kind as string]
  return name === undefined ? <i class="icon" /> : <Icon name={name} />
}

// ---

const icons: Readonly<Record<string, IconName>> = {
  step: 'open',
  exec: 'exec',
  task: 'exec',
  plan: 'menu',
}

const rowsOf = (store: Store, toggled: ReadonlySet<TraceNode>) => {
  const [model, node] = [store.model.value, store.testNode.value]
  if (model === undefined) return []
  const whole = node === undefined
  const { services, range } = store.link.value
  const filter = store.filter.value
  const { start } = store.index.value?.run ?? { start: 0 }
  const names = filter.services.filter(({ not }) => !not).map(({ value }) => value)
  const limited = services.length > 0 || range !== undefined || !isEmpty(filter)
  const shows = (each: TraceNode): boolean =>
    (range === undefined || (each.start - start <= range[1] && each.end - start >= range[0])) &&
    (services.length === 0 || (each.service !== undefined && services.includes(each.service))) &&
    (names.length === 0 || names.some((name) => nameFits(each.service ?? '', name))) &&
    textFits(filter, `${each.name} ${each.cause ?? ''} ${each.error?.message ?? ''}`)
  return nodeRows(
    node ?? model.trace.root,
    (each) => opensByItself(each, whole) !== toggled.has(each),
    limited ? shows : () => true,
  )
}

const barOf = (node: TraceNode, from: number, to: number) => {
  const span = to - from
  const left = Math.max(0, Math.min(99, ((node.start - from) / span) * 100))
  const width = Math.max(1, Math.min(100 - left, ((node.end - node.start) / span) * 100))
  return { left: `${left}%`, width: `${width}%` }
}

const numberOf = (store: Store, service: string | undefined): number =>
  Math.max(0, store.index.value?.services.indexOf(service ?? '') ?? 0)
