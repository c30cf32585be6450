import type { JSX } from 'preact'
import type { BlobRef, TraceEvent } from '../../../../../src/trace/event/event.ts'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { shellCommand } from '../../text/shell.ts'
import { useStore } from '../context.ts'
import { CopyButton } from '../copy-button.tsx'
import { Coloured } from '../logs/log-text.tsx'
import { NodeHead, Part, Raw, Table } from './parts.tsx'
import { useText } from './use-blob.ts'

/** A command that ran in a service, with its output. */
export const ExecDetails = ({
  node,
  event,
}: {
  readonly node: TraceNode
  readonly event: TraceEvent<'exec.start'>
}): JSX.Element => {
  const store = useStore()
  const end = node.events.find((each): each is TraceEvent<'exec.end'> => each.k === 'exec.end')
  const container = containerAt(store.model.value?.trace.events, event)
  return (
    <>
      <NodeHead node={node} title={`Command in ${node.service ?? 'a service'}`} />
      <Part
        title="Command"
        tools={
          container !== undefined && (
            <CopyButton
              label="docker exec"
              text={() => `docker exec ${container} ${shellCommand(event.argv)}`}
            />
          )
        }
      >
        <pre class="block">{shellCommand(event.argv)}</pre>
        <Table
          rows={[
            ...(end?.exit === undefined
              ? []
              : [
                  [
                    'exit code',
                    <b key="b" class={end.exit === 0 ? '' : 'bad'}>
                      {end.exit}
                    </b>,
                  ] as const,
                ]),
            ...(event.user === undefined ? [] : [['user', event.user] as const]),
            ...(event.cwd === undefined ? [] : [['folder', event.cwd] as const]),
            ...Object.entries(event.env ?? {}),
          ]}
        />
      </Part>
      <Output
        title="stdout"
        begin={end?.stdout}
        blob={end?.blobs?.stdout}
        dropped={end?.truncated?.stdout}
      />
      <Output
        title="stderr"
        begin={end?.stderr}
        blob={end?.blobs?.stderr}
        dropped={end?.truncated?.stderr}
      />
      <Raw node={node} />
    </>
  )
}

// ---

const Output = ({
  title,
  begin,
  blob,
  dropped,
}: {
  readonly title: string
  readonly begin: string | undefined
  readonly blob: BlobRef | undefined
  readonly dropped: boolean | undefined
}): JSX.Element | null => {
  const { text, cut } = useText(begin, blob)
  if (text === '') return null
  const lines = text.replace(/\n$/, '').split('\n')
  return (
    <Part title={title} tools={<CopyButton label="Copy" text={() => text} />}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys */}
      <pre class="block" tabIndex={0}>
        {lines.slice(0, atMost).map((line, at) => (
          <span key={at}>
            <Coloured text={line} wanted={[]} />
            {'\n'}
          </span>
        ))}
      </pre>
      {lines.length > atMost && (
        <p class="soft">{(lines.length - atMost).toLocaleString('en')} more lines; copy has all.</p>
      )}
      {cut && <p class="soft">The report has only the first 8 KiB of it.</p>}
      {dropped && <p class="soft">The output was longer than 10 MiB; its end was dropped.</p>}
    </Part>
  )
}

const atMost = 2000

/** Container of the service that ran then. */
const containerAt = (
  events: readonly TraceEvent[] | undefined,
  { l, s, t }: TraceEvent<'exec.start'>,
): string | undefined =>
  events?.findLast(
    (event): event is TraceEvent<'svc.state'> =>
      event.k === 'svc.state' && event.l === l && event.s === s && event.t <= t,
  )?.container
