import { isMesocosmError, MesocosmError, type WaitOptions } from 'mesocosm'
import type { MailAdapter } from '../adapter/adapter.ts'
import { createBell } from './bell.ts'
import type { MailboxView } from './mailbox.ts'
import { type MailMatch, type MailPredicate, matcherOf } from './match.ts'
import type { MailMessage } from './message.ts'

const defaultTimeoutMs = 10_000
/** How often to look while the server tells of new mail by itself, and while it does not. */
const pollMs = { told: 1_000, untold: 50 }

export interface WaitPlace {
  readonly service: string
  readonly mailbox: MailboxView
  readonly adapter: (signal?: AbortSignal) => Promise<MailAdapter>
}

/** The first mail since the mark that matches, come or still to come. A server that is away is waited for, too. */
export const waitForMessage = async (
  { service, mailbox, adapter }: WaitPlace,
  match: MailMatch | MailPredicate,
  { timeoutMs = defaultTimeoutMs, signal }: WaitOptions = {},
): Promise<MailMessage> => {
  const { matches, words } = matcherOf(match)
  const startedAt = performance.now()
  const bell = createBell()
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(late), timeoutMs)
  const late = Symbol('late')
  const until = signal === undefined ? end.signal : AbortSignal.any([end.signal, signal])
  let arrived: readonly MailMessage[] = []
  let failure: unknown
  let told = false
  const follow = async () => {
    const { follow } = await adapter(until)
    const onNews = () => {
      told = true
      bell.ring()
    }
    await follow(onNews, until)
    told = false
  }
  let following: Promise<void> | undefined
  try {
    for (;;) {
      try {
        arrived = await mailbox.arrived(until)
        failure = undefined
        // Only now: most mail is there at the first look.
        following ??= undefined
      } catch (error) {
        if (until.aborted || !isMesocosmError(error)) throw error
        failure = error
      }
      for (const message of arrived) if (await matches(message)) return message
      if (failure === undefined) following ??= follow()
      await bell.wait(told ? pollMs.told : pollMs.untold, until)
    }
  } catch (error) {
    if (!until.aborted) throw error
    const facts = {
      service,
      awaited: `a mail ${words}`,
      elapsedMs: Math.round(performance.now() - startedAt),
      arrived: arrived.map(({ id, subject }) => ({ id, subject })),
    }
    const details = arrived.length === 0 ? [] : arrived.map(inOneLine)
    if (signal?.aborted)
      throw new MesocosmError({
        code: 'ABORTED',
        message: `waiting for a mail ${words} in ${service} was called off`,
        facts,
        details,
        cause: signal.reason,
      })
    throw new MesocosmError({
      code: 'TIMEOUT',
      message: `no mail ${words} came to ${service} within ${timeoutMs} ms; ${howMany(arrived.length)}`,
      remedy:
        arrived.length === 0
          ? `see in the sender's log whether it sent one, and to which server`
          : 'compare with the mail above; clear() and mark() decide what is old',
      facts,
      details,
      ...(failure === undefined ? {} : { cause: failure }),
    })
  } finally {
    clearTimeout(timer)
    end.abort()
    await following
  }
}

// ---

const howMany = (count: number) =>
  count === 0 ? 'none came at all' : count === 1 ? 'one other came' : `${count} others came`

const inOneLine = ({ subject, from, to, cc, bcc, receivedAt }: MailMessage): string => {
  const rest = [...cc, ...bcc].map(({ address }) => address)
  return `"${subject}" from ${from.address} to ${to.map(({ address }) => address).join(', ')}${
    rest.length === 0 ? '' : ` (and ${rest.join(', ')})`
  } at ${receivedAt.toISOString()}`
}
