import type { JSX } from 'preact'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { useStore } from '../context.ts'
import { Icon } from '../icon.tsx'
import { rowOfEntry } from '../logs/log-panel.tsx'
import { CallDetails } from './call.tsx'
import { EnvDetails } from './env.tsx'
import { ExecDetails } from './exec.tsx'
import { LineDetails } from './line.tsx'
import { MailDetails } from './mail.tsx'
import { ObjectDetails } from './object.tsx'
import { Facts, NodeHead, Raw, Waterfall } from './parts.tsx'
import { PlanDetails } from './plan.tsx'
import { RunDetails } from './run.tsx'
import { SpanDetails } from './span.tsx'
import { TestDetails } from './test.tsx'

/** The chosen entry or line; else the test; else the run. */
export const Details = (): JSX.Element => {
  const store = useStore()
  const { entry } = store.link.value
  const row = rowOfEntry(entry)
  const logs = store.logs.value
  const node = entry === undefined ? undefined : store.model.value?.entries.get(entry)
  const shown =
    row !== undefined && logs !== undefined && row >= 0 && row < logs.length ? (
      <LineDetails key={row} row={row} />
    ) : node !== undefined && node !== store.testNode.value ? (
      <NodeDetails key={entry} node={node} />
    ) : store.chosen.value !== undefined ? (
      <TestDetails chosen={store.chosen.value} />
    ) : (
      <RunDetails />
    )
  const back = entry !== undefined && (row !== undefined || node !== undefined)
  return (
    <aside class="details" aria-label="Details">
      {back && (
        <button type="button" class="quiet back" onClick={() => store.go({ entry: undefined })}>
          <Icon name="undo" />
          {store.chosen.value === undefined ? 'Run' : store.chosen.value.test.name}
        </button>
      )}
      {shown}
    </aside>
  )
}

// ---

const NodeDetails = ({ node }: { readonly node: TraceNode }): JSX.Element => {
  const store = useStore()
  const parent = store.model.value?.parentOf(node)
  if (node.kind === 'plan') return <PlanDetails plan={node} />
  if (node.kind === 'plan step' && parent?.kind === 'plan')
    return <PlanDetails plan={parent} step={node} />
  const [event] = node.events
  switch (event?.k) {
    case 'call.start':
      return <CallDetails node={node} event={event} />
    case 'exec.start':
      return <ExecDetails node={node} event={event} />
    case 'env.change':
      return <EnvDetails node={node} event={event} />
    case 'cap.mail':
      return <MailDetails node={node} event={event} />
    case 'cap.object':
      return <ObjectDetails node={node} event={event} />
    default:
      if ((node.kind as string) === 'span') return <SpanDetails node={node} />
      return (
        <>
          <NodeHead node={node} />
          <Facts node={node} />
          <Waterfall node={node} />
          <Raw node={node} />
        </>
      )
  }
}
