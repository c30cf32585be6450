import type { JSX } from 'preact'
import type { TraceEvent } from '../../../../../src/trace/event/event.ts'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { NodeHead, Part, Raw } from './parts.tsx'

/** A change of an environment, as a diff. */
export const EnvDetails = ({
  node,
  event,
}: {
  readonly node: TraceNode
  readonly event: TraceEvent<'env.change'>
}): JSX.Element => (
  <>
    <NodeHead node={node} title={`Environment of ${node.service ?? 'a service'}`} />
    <Part title={event.stacked ? 'Changed until the end of its block' : 'Changed'}>
      <EnvDiff diff={event.diff} />
    </Part>
    <Raw node={node} />
  </>
)

/** Variables that changed, with the values before and after. */
export const EnvDiff = ({
  diff,
}: {
  readonly diff: TraceEvent<'env.change'>['diff']
}): JSX.Element => (
  <ul class="diff">
    {Object.entries(diff).map(([key, [before = null, after = null]]) => (
      <li key={key}>
        <b>{key}</b>
        {before !== null && (
          <del>
            <span class="unseen">was </span>
            {before}
          </del>
        )}
        {after !== null ? (
          <ins>
            <span class="unseen">is now </span>
            {after}
          </ins>
        ) : (
          <span class="soft">not set</span>
        )}
      </li>
    ))}
  </ul>
)
