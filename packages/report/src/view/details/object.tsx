import type { JSX } from 'preact'
import type { TraceEvent } from '../../../../../src/trace/event/event.ts'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { bytes } from '../../text/format.ts'
import { NodeHead, Raw, Table } from './parts.tsx'

/** An object that a service stored or deleted. */
export const ObjectDetails = ({
  node,
  event,
}: {
  readonly node: TraceNode
  readonly event: TraceEvent<'cap.object'>
}): JSX.Element => (
  <>
    <NodeHead node={node} title={`${event.do === 'put' ? 'Stored' : 'Deleted'} ${event.key}`} />
    <Table
      rows={[
        ['bucket', event.bucket],
        ['key', event.key],
        ...(event.bytes === undefined ? [] : [['size', bytes(event.bytes)] as const]),
        ...(event.type === undefined ? [] : [['type', event.type] as const]),
        ...(event.versionId === undefined ? [] : [['version', event.versionId] as const]),
      ]}
    />
    <Raw node={node} />
  </>
)
