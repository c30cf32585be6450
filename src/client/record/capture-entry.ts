import type { Capture, CapturedMail } from '../../define/capture.ts'
import type { Origin } from '../../trace/event/event.ts'
import { blobsOf, keepText } from '../../trace/write/kept-text.ts'
import type { TestRecord } from './test-record.ts'

/** Characters of the text or HTML of a mail that the record keeps. */
const longestBody = 1024 * 1024

/** Writes the entry of a capture, with the time of the server. */
export const writeCapture = (
  record: Pick<TestRecord, 'events' | 'blob' | 'redactor'>,
  origin: Origin,
  capture: Capture,
  nowMs: number,
): void => {
  // A server whose clock is ahead, or a date that is none.
  const at = Math.min(Number(capture.at), nowMs) || nowMs
  if (capture.kind === 'mail') {
    record.events.write('cap.mail', { ...origin, ...mailFacts(record, capture) }, at)
    return
  }
  const { kind: _, id: __, at: ___, ...facts } = capture
  record.events.write('cap.object', { ...origin, ...facts }, at)
}

// ---

const mailFacts = (record: Pick<TestRecord, 'blob' | 'redactor'>, mail: CapturedMail) => {
  const { id, from, to, cc = [], bcc = [], subject, bytes, attachments = [] } = mail
  const text = body(record, mail.text)
  const html = body(record, mail.html)
  const blobs = blobsOf({
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
  })
  return {
    id,
    from,
    to,
    ...(cc.length === 0 ? {} : { cc }),
    ...(bcc.length === 0 ? {} : { bcc }),
    subject,
    bytes,
    ...(text === undefined ? {} : { text: text.text }),
    ...(html === undefined ? {} : { html: html.text }),
    ...(blobs === undefined ? {} : { blobs }),
    ...(attachments.length === 0 ? {} : { attachments }),
  }
}

const body = (record: Pick<TestRecord, 'blob' | 'redactor'>, text = '') => {
  if (text === '') return undefined
  const isCut = text.length > longestBody
  return keepText(record, isCut ? text.slice(0, longestBody) : text, isCut)
}
