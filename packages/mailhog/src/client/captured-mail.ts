import type { CapturedMail } from 'mesocosm/plugin'
import type { MailAddress, MailMessage } from './message.ts'

// #region captured
/** Returns a mail as the record of a run shows it. */
export const capturedMail = (mail: MailMessage): CapturedMail => ({
  kind: 'mail',
  id: mail.id,
  at: mail.receivedAt,
  from: mail.from.address,
  to: addresses(mail.to),
  cc: addresses(mail.cc),
  bcc: addresses(mail.bcc),
  subject: mail.subject,
  bytes: mail.rawBytes().length,
  text: mail.text,
  html: mail.html,
  attachments: mail.attachments.map(({ filename, contentType, content }) => ({
    name: filename,
    type: contentType,
    bytes: content.length,
  })),
})
// #endregion

// ---

const addresses = (list: readonly MailAddress[]): string[] => list.map(({ address }) => address)
