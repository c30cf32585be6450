import type { MailMessage } from './message.ts'

/** Returns a line that shows a mail. */
export const mailLine = ({ subject, from, to, cc, bcc, receivedAt }: MailMessage): string => {
  const others = [...cc, ...bcc].map(({ address }) => address)
  return `"${subject}" from ${from.address} to ${to.map(({ address }) => address).join(', ')}${
    others.length === 0 ? '' : ` (and ${others.join(', ')})`
  } at ${receivedAt.toISOString()}`
}
