import type { JSX } from 'preact'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { useStore } from '../context.ts'
import { NodeHead, Part, Raw, Table, valueText, Waterfall } from './parts.tsx'

/** A span that a service reported: attributes, and its trace as a waterfall. */
export const SpanDetails = ({ node }: { readonly node: TraceNode }): JSX.Element => {
  const store = useStore()
  const model = store.model.value
  let top = node
  for (let above = model?.parentOf(node); above !== undefined; above = model?.parentOf(above)) {
    if ((above.kind as string) !== 'span') break
    top = above
  }
  const [event] = node.events as readonly { readonly attrs?: Readonly<Record<string, unknown>> }[]
  const attributes = Object.entries(event?.attrs ?? {})
  return (
    <>
      <NodeHead node={node} />
      {attributes.length > 0 && (
        <Part title="Attributes">
          <Table rows={attributes.map(([key, value]) => [key, valueText(value)])} />
        </Part>
      )}
      <Waterfall node={{ ...top, children: [top] }} title="Spans" />
      <Raw node={node} />
    </>
  )
}
