import type { JSX } from 'preact'
import type { TraceEvent } from '../../../../../src/trace/event/event.ts'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { bytes } from '../../text/format.ts'
import { NodeHead, Part, Raw, Table, valueText, Waterfall } from './parts.tsx'

/** A call of a test: arguments, request and response, and what it caused. */
export const CallDetails = ({
  node,
  event,
}: {
  readonly node: TraceNode
  readonly event: TraceEvent<'call.start'>
}): JSX.Element => {
  const end = node.events.find((each): each is TraceEvent<'call.end'> => each.k === 'call.end')
  const { http } = event
  return (
    <>
      <NodeHead node={node} />
      {http !== undefined && (
        <Part title="Request and response">
          <p class="http">
            <b>{http.method}</b> <code>{http.path}</code>
            {end?.http !== undefined && (
              <span class={end.http.status >= 400 ? 'status bad' : 'status'}>
                {end.http.status}
              </span>
            )}
          </p>
          <Table
            rows={[
              ...(event.s === undefined ? [] : [['service', event.s] as const]),
              ...(end?.http?.sent === undefined ? [] : [['sent', bytes(end.http.sent)] as const]),
              ...(end?.http?.received === undefined
                ? []
                : [['received', bytes(end.http.received)] as const]),
              ...(end?.http?.redirected === undefined
                ? []
                : [['redirected to', end.http.redirected] as const]),
            ]}
          />
        </Part>
      )}
      {event.args !== undefined && event.args.length > 0 && (
        <Part title="Arguments">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys */}
          <pre class="block" tabIndex={0}>
            {event.args.map(valueText).join('\n')}
          </pre>
        </Part>
      )}
      <Waterfall node={node} />
      <Raw node={node} />
    </>
  )
}
