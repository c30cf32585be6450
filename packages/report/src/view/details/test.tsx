import type { JSX } from 'preact'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { fold } from '../../logs/fold.ts'
import { walk } from '../../model/walk.ts'
import { counted, duration, offset } from '../../text/format.ts'
import { useStore } from '../context.ts'
import { CopyButton } from '../copy-button.tsx'
import { hueOf } from '../hue.ts'
import { OutcomeIcon, outcomeOfStatus } from '../icon.tsx'
import { LogText } from '../logs/log-text.tsx'
import { NodeIcon } from '../steps/step-list.tsx'
import type { Chosen, Store } from '../store.ts'
import { agentMarkdown } from './agent-markdown.ts'
import { EnvDiff } from './env.tsx'
import { Fault, Part, Table } from './parts.tsx'

/** A test: why it failed, what services said and what it changed. */
export const TestDetails = ({
  chosen: { test, attempt },
}: {
  readonly chosen: Chosen
}): JSX.Element => {
  const store = useStore()
  const node = store.testNode.value
  const found = node === undefined ? undefined : gather(node)
  const { status, start, end, lane, touched, error } = attempt.test
  return (
    <>
      <header class="head">
        <h2>
          <OutcomeIcon outcome={outcomeOfStatus(status)} />
          <span>{test.name}</span>
        </h2>
        {test.suite !== '' && <p class="soft">{test.suite}</p>}
        <p class="facts">
          <span>{test.file}</span>
          <span class="num">{duration(end - start)}</span>
          {lane !== undefined && <span>{lane}</span>}
        </p>
        <p class="actions">
          <CopyButton
            label="Copy for an agent"
            icon="agent"
            text={() => agentMarkdown(store, attempt.position)}
          />
          <CopyButton label="Link" icon="link" text={() => location.href} />
        </p>
      </header>
      {error !== undefined && <Fault message={error} />}
      <ServiceErrors store={store} position={attempt.position} />
      {found !== undefined && (
        <>
          <NodeList title="Failed" nodes={found.failed} />
          {found.env.length > 0 && (
            <Part title="Environment">
              {found.env.map((each) => {
                const [event] = each.events
                return event?.k === 'env.change' ? (
                  <div key={each.start} class="change">
                    <EntryLink node={each} label={each.service ?? ''} />
                    <EnvDiff diff={event.diff} />
                  </div>
                ) : null
              })}
            </Part>
          )}
          <NodeList title="Captured" nodes={found.captured} />
          <NodeList title="HTTP" nodes={found.http} />
          <NodeList title="Commands" nodes={found.execs} />
        </>
      )}
      {touched.length > 0 && (
        <Part title="Services that it asked for">
          <Table rows={[[counted(touched.length, 'service'), touched.join(', ')]]} />
        </Part>
      )}
    </>
  )
}

/** Error-level lines of services: often the cause of a failure. */
const ServiceErrors = ({
  store,
  position,
}: {
  readonly store: Store
  readonly position: number
}): JSX.Element | null => {
  const [logs, index] = [store.logs.value, store.index.value]
  if (logs === undefined || index === undefined) return null
  const all = logs.find({ test: position, levels: ['error'] })
  if (all.length === 0) return null
  const { heads } = fold(logs, all.slice(-500), new Set())
  return (
    <Part title={`Errors that services logged`}>
      <ul class="lines">
        {[...heads.slice(-8)].map((row) => (
          <li key={row}>
            <button type="button" onClick={() => store.go({ entry: `log:${row}` })}>
              <span class={`svc hue${hueOf(logs.service(row))}`}>
                {index.services[logs.service(row)]}
              </span>
              <span class="num">{offset(logs.time(row) - store.origin.value)}</span>
              <span class="text">
                <LogText text={logs.text(row)} wanted={[]} atMost={300} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {heads.length > 8 && (
        <button type="button" class="quiet" onClick={() => store.go({ query: 'lvl:error' })}>
          Show all {all.length.toLocaleString('en')}
        </button>
      )}
    </Part>
  )
}

// ---

const NodeList = ({
  title,
  nodes,
}: {
  readonly title: string
  readonly nodes: readonly TraceNode[]
}): JSX.Element | null =>
  nodes.length === 0 ? null : (
    <Part title={title}>
      <ul class="entries">
        {nodes.slice(0, 12).map((node) => (
          <li key={`${node.start} ${node.name}`}>
            <EntryLink node={node} label={node.name} />
            {node.error !== undefined && <p class="bad">{node.error.message}</p>}
          </li>
        ))}
      </ul>
      {nodes.length > 12 && <p class="soft">{nodes.length - 12} more are in the panel Steps.</p>}
    </Part>
  )

const EntryLink = ({
  node,
  label,
}: {
  readonly node: TraceNode
  readonly label: string
}): JSX.Element => {
  const store = useStore()
  return (
    <button
      type="button"
      class="entry"
      onClick={() => {
        const key = store.model.value?.keyOf(node)
        if (key !== undefined) store.go({ entry: key })
      }}
    >
      <NodeIcon node={node} />
      <span class="grow">{label}</span>
      <span class="num">{offset(node.start - store.origin.value)}</span>
    </button>
  )
}

const gather = (test: TraceNode) => {
  const found = {
    failed: [] as TraceNode[],
    env: [] as TraceNode[],
    captured: [] as TraceNode[],
    http: [] as TraceNode[],
    execs: [] as TraceNode[],
  }
  walk(test, (node) => {
    const [event] = node.events
    // The same failure goes up from where it happened: only that is shown.
    const below = node.children.some(({ error }) => error?.message === node.error?.message)
    if (node.error !== undefined && !below) found.failed.push(node)
    if (event?.k === 'env.change') found.env.push(node)
    else if (event?.k === 'cap.mail' || event?.k === 'cap.object') found.captured.push(node)
    else if (event?.k === 'call.start' && event.http !== undefined) found.http.push(node)
    else if (node.kind === 'exec') found.execs.push(node)
  })
  return found
}
