import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { TraceEvent } from '../../../../../src/trace/event/event.ts'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { bytes } from '../../text/format.ts'
import { NodeHead, Part, Raw, Table } from './parts.tsx'
import { useText } from './use-blob.ts'

/** A mail that a service sent: its HTML in a frame that can do nothing, or its text. */
export const MailDetails = ({
  node,
  event,
}: {
  readonly node: TraceNode
  readonly event: TraceEvent<'cap.mail'>
}): JSX.Element => {
  const html = useText(event.html, event.blobs?.html)
  const text = useText(event.text, event.blobs?.text)
  const shown = useSignal<'html' | 'text' | 'source'>(html.text === '' ? 'text' : 'html')
  const forms = [
    ...(html.text === '' ? [] : (['html', 'source'] as const)),
    ...(text.text === '' ? [] : (['text'] as const)),
  ].sort()
  const names = { html: 'HTML', source: 'Source', text: 'Text' }
  const row = (name: string, addresses: readonly string[] | undefined) =>
    addresses === undefined || addresses.length === 0 ? [] : [[name, addresses.join(', ')] as const]
  return (
    <>
      <NodeHead node={node} title={event.subject === '' ? '(no subject)' : event.subject} />
      <Table
        rows={[
          ['from', event.from],
          ...row('to', event.to),
          ...row('cc', event.cc),
          ...row('bcc', event.bcc),
          ['size', bytes(event.bytes)],
        ]}
      />
      <Part
        title="Content"
        tools={
          forms.length > 1 && (
            <fieldset class="segments">
              <legend class="unseen">Form</legend>
              {forms.map((form) => (
                <button
                  key={form}
                  type="button"
                  aria-pressed={shown.value === form}
                  onClick={() => {
                    shown.value = form
                  }}
                >
                  {names[form]}
                </button>
              ))}
            </fieldset>
          )
        }
      >
        {shown.value === 'html' && html.text !== '' ? (
          <iframe class="mail" title="HTML of the mail" sandbox="" srcdoc={framed(html.text)} />
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys
          <pre class="block wrap" tabIndex={0}>
            {(shown.value === 'source' ? html.text : text.text) || 'This mail has no content.'}
          </pre>
        )}
      </Part>
      {event.attachments !== undefined && event.attachments.length > 0 && (
        <Part title="Attachments">
          <Table
            rows={event.attachments.map(({ name, type, bytes: size }) => [
              name,
              `${type}, ${bytes(size)}`,
            ])}
          />
        </Part>
      )}
      <Raw node={node} />
    </>
  )
}

// ---

/** A frame without a policy of its own has that of the page, which allows our script: this one allows nothing but looks. */
const framed = (html: string): string =>
  `<!doctype html><meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><meta name="referrer" content="no-referrer"><style>body{font:14px/1.5 system-ui,sans-serif;margin:12px;color:#111;background:#fff}</style>${html}`
