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
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(), timeoutMs)
  const until = signal === undefined ? end.signal : AbortSignal.any([end.signal, signal])
  const bell = createBell()
  let arrived: readonly MailMessage[] = []
  let failure: unknown
  let told = false
  const onNews = () => {
    told = true
    bell.ring()
  }
  const follow = async () => {
    await (await adapter(until)).follow(onNews, until)
    told = false
  }
  let following: Promise<void> | undefined
  const look = async () => {
    try {
      arrived = await mailbox.arrived(until)
      failure = undefined
    } catch (error) {
      if (until.aborted || !isMesocosmError(error)) throw error
      // The server may be on its way back.
      failure = error
    }
  }
  try {
    for (;;) {
      await look()
      for (const message of arrived) if (await matches(message)) return message
      // Only now: most mail is there at the first look.
      if (failure === undefined) {
        following ??= follow().catch((error: unknown) => {
          failure ??= error
        })
      }
      await bell.wait(told ? pollMs.told : pollMs.untold, until)
    }
  } catch (error) {
    if (!until.aborted) throw error
    const elapsedMs = Math.round(performance.now() - startedAt)
    const facts = { service, awaited: `a mail ${words}`, elapsedMs }
    throw signal?.aborted
      ? calledOff(facts, arrived, signal.reason)
      : notCome(facts, arrived, timeoutMs, failure)
  } finally {
    clearTimeout(timer)
    end.abort()
    await following
  }
}

// ---

interface Facts {
  readonly service: string
  readonly awaited: string
  readonly elapsedMs: number
}

const calledOff = (facts: Facts, arrived: readonly MailMessage[], cause: unknown) =>
  new MesocosmError({
    code: 'ABORTED',
    message: `waiting for ${facts.awaited} in ${facts.service} was called off`,
    facts: { ...facts, arrived: arrived.map(inFacts) },
    details: arrived.map(inOneLine),
    cause,
  })

const notCome = (
  facts: Facts,
  arrived: readonly MailMessage[],
  timeoutMs: number,
  failure: unknown,
) =>
  new MesocosmError({
    code: 'TIMEOUT',
    message: `${facts.service} did not get ${facts.awaited} within ${timeoutMs} ms; ${howMany(arrived.length)}`,
    remedy:
      arrived.length === 0
        ? "see in the sender's log whether it sent one, and to which server"
        : 'compare with the mail above; clear() and mark() decide what is too old',
    facts: { ...facts, arrived: arrived.map(inFacts) },
    details: arrived.map(inOneLine),
    ...(failure === undefined ? {} : { cause: failure }),
  })

const howMany = (count: number) =>
  count === 0 ? 'no mail came at all' : count === 1 ? 'one other came' : `${count} others came`

const inFacts = ({ id, subject }: MailMessage) => ({ id, subject })

const inOneLine = ({ subject, from, to, cc, bcc, receivedAt }: MailMessage): string => {
  const rest = [...cc, ...bcc].map(({ address }) => address)
  return `"${subject}" from ${from.address} to ${to.map(({ address }) => address).join(', ')}${
    rest.length === 0 ? '' : ` (and ${rest.join(', ')})`
  } at ${receivedAt.toISOString()}`
}
