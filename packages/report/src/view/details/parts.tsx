import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { walk } from '../../model/walk.ts'
import { clock, duration, offset } from '../../text/format.ts'
import { useStore } from '../context.ts'
import { CopyButton } from '../copy-button.tsx'
import { NodeIcon } from '../steps/step-list.tsx'

/** What an entry is, when it was and how it ended. */
export const NodeHead = ({
  node,
  title = node.name,
}: {
  readonly node: TraceNode
  readonly title?: string
}): JSX.Element => {
  const { origin } = useStore()
  const took = node.end - node.start
  const bad = node.error !== undefined || node.status === 'failed' || node.status === 'timeout'
  return (
    <header class="head">
      <h2>
        <NodeIcon node={node} />
        <span>{title}</span>
      </h2>
      <p class="facts">
        <span class="num" title={clock(node.start)}>
          {offset(node.start - origin.value)}
        </span>
        {took > 0 && <span class="num">{duration(took)}</span>}
        {node.status !== undefined && <span class={bad ? 'bad' : ''}>{node.status}</span>}
        {node.lane !== undefined && <span>{node.lane === 'run' ? 'shared' : node.lane}</span>}
      </p>
      {node.cause !== undefined && <p class="soft">because {node.cause}</p>}
      {node.error !== undefined && <Fault code={node.error.code} message={node.error.message} />}
    </header>
  )
}

/** An error: its code and message. */
export const Fault = ({
  code,
  message,
}: {
  readonly code?: string | undefined
  readonly message: string
}): JSX.Element => (
  <div class="fault">
    {code !== undefined && <b>{code}</b>}
    <pre>{message}</pre>
  </div>
)

/** A part of the details, with a heading. */
export const Part = ({
  title,
  tools,
  children,
}: {
  readonly title: string
  readonly tools?: ComponentChildren
  readonly children: ComponentChildren
}): JSX.Element => (
  <section class="part">
    <h3>
      <span class="grow">{title}</span>
      {tools}
    </h3>
    {children}
  </section>
)

/** A text as it is, with a button that copies it. */
export const Text = ({
  title,
  text,
}: {
  readonly title: string
  readonly text: string
}): JSX.Element | null =>
  text === '' ? null : (
    <Part title={title} tools={<CopyButton label="Copy" text={() => text} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys */}
      <pre class="block" tabIndex={0}>
        {text}
      </pre>
    </Part>
  )

/** Keys and values in two columns. */
export const Table = ({
  rows,
}: {
  readonly rows: readonly (readonly [key: string, value: ComponentChildren])[]
}): JSX.Element | null =>
  rows.length === 0 ? null : (
    <dl class="table">
      {rows.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )

/** Facts that an entry has besides those of every entry. */
export const Facts = ({ node }: { readonly node: TraceNode }): JSX.Element | null => {
  const rows = node.events.flatMap((event) =>
    Object.entries(event)
      .filter(([key]) => !everywhere.has(key))
      .map(([key, value]): [string, string] => [key, valueText(value)]),
  )
  return <Table rows={[...new Map(rows)]} />
}

/** Returns a value as text. */
export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value, null, 1) ?? String(value))

/** The entry as it is in the record. */
export const Raw = ({ node }: { readonly node: TraceNode }): JSX.Element => {
  const open = useSignal(false)
  return (
    <details
      class="raw"
      onToggle={(event) => {
        open.value = event.currentTarget.open
      }}
    >
      <summary>Record</summary>
      {open.value && (
        <pre class="block">
          {node.events.map((event) => JSON.stringify(event, null, 2)).join('\n')}
        </pre>
      )}
    </details>
  )
}

/** What an entry caused, on one axis: the nested calls, plans and spans. */
export const Waterfall = ({
  node,
  title = 'Caused',
  kinds,
}: {
  readonly node: TraceNode
  readonly title?: string
  readonly kinds?: readonly string[]
}): JSX.Element | null => {
  const store = useStore()
  const model = store.model.value
  const rows: { node: TraceNode; depth: number }[] = []
  let left = 0
  walk(node, (each, _, depth) => {
    if (each.kind === 'plan step') return
    if (kinds !== undefined && !kinds.includes(each.kind)) return
    if (rows.length < atMost) rows.push({ node: each, depth })
    else left++
  })
  if (rows.length === 0 || model === undefined) return null
  const from = Math.min(node.start, ...rows.map((row) => row.node.start))
  const to = Math.max(node.end, ...rows.map((row) => row.node.end))
  const span = Math.max(0.001, to - from)
  return (
    <Part title={title}>
      <ul class="waterfall">
        {rows.map(({ node: each, depth }) => {
          const took = each.end - each.start
          const failed = each.error !== undefined || each.status === 'failed'
          return (
            <li key={model.keyOf(each)}>
              <button type="button" onClick={() => store.go({ entry: model.keyOf(each) })}>
                <span class="name" style={{ paddingLeft: `${Math.min(depth, 8) * 10}px` }}>
                  {each.name}
                </span>
                {each.service !== undefined && <span class="soft">{each.service}</span>}
                <span class="num">
                  {took > 0 ? duration(took) : offset(each.start - node.start)}
                </span>
                <span class="axis-bar" aria-hidden="true">
                  <i
                    class={failed ? 'bad' : ''}
                    style={{
                      left: `${((each.start - from) / span) * 100}%`,
                      width: `max(2px, ${(took / span) * 100}%)`,
                    }}
                  />
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {left > 0 && <p class="soft">{left.toLocaleString('en')} more are in the panel Steps.</p>}
    </Part>
  )
}

// ---

const atMost = 200

const everywhere = new Set(['k', 't', 'x', 'p', 'l', 's', 'i', 'error', 'status', 'ms'])
