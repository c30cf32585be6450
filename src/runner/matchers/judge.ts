import { Deadline } from '../../call/deadline.ts'
import { pause } from '../../call/pause.ts'
import { checkCall } from '../../client/arguments/check-call.ts'
import * as must from '../../client/arguments/checks.ts'
import type { Expectation } from '../../define/expectations.ts'
import { isMesocosmError, type MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'

/** What a matcher returns to its runner. */
export interface Verdict {
  /** Whether the expectation holds, without `.not`. */
  readonly pass: boolean
  /** Returns the message of the failure. */
  readonly message: () => string
}

/** The part of a runner's state that matchers use: `this` of a function of `expect.extend`. */
export interface JudgeContext {
  /** Whether the matcher is called with `.not`. */
  readonly isNot?: boolean
  /** Milliseconds that the runner gives to a matcher; Playwright does. */
  readonly timeout?: number
}

/** A call of a matcher on a value that has it. */
export interface JudgedCall {
  readonly call: { readonly name: string; readonly receiver: string }
  readonly expectation: Expectation
  readonly context: JudgeContext | undefined
}

/**
 * Waits until an expectation holds, or with `.not` until it does not.
 *
 * @throws {MesocosmError} what is not a failed expectation: `ABORTED`, `ARGUMENT_INVALID`, a service that does not answer.
 */
export const judge = async ({ call, expectation, context }: JudgedCall): Promise<Verdict> => {
  const { isNot = false, timeout = defaultTimeoutMs } = context ?? {}
  const title = `expect(${call.receiver})${isNot ? '.not' : ''}.${call.name}`
  checkCall({ method: title }, { options: [expectation.options, optionsOf] })
  const { timeoutMs = timeout, signal, duringMs = 0 } = expectation.options ?? {}
  const limits = { timeoutMs, ...(signal === undefined ? {} : { signal }) }
  const work = async () => {
    const fault = isNot
      ? await faultOfAbsence(expectation, { ...limits, duringMs })
      : await faultOfPresence(expectation, limits)
    if (fault !== undefined) throw new Unmet(`${title} failed: ${fault}`)
  }
  try {
    await (expectation.recorded?.(work) ?? work())
    return { pass: !isNot, message: () => `${title} holds` }
  } catch (error) {
    if (!(error instanceof Unmet)) throw error
    return { pass: isNot, message: () => error.message }
  }
}

// ---

const defaultTimeoutMs = 10_000

/** Milliseconds between two looks at what may go away. */
const pollMs = 50

/** Lines of a failure. */
const shownLines = 20

const optionsOf = must.options({
  timeoutMs: must.milliseconds,
  duringMs: must.milliseconds,
  signal: must.abortSignal,
})

/** A failed expectation on its way through the record to the runner, which makes an assertion error of it. */
class Unmet extends Error {}

interface Limits {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

const faultOfPresence = async (
  expectation: Expectation,
  limits: Limits,
): Promise<string | undefined> => {
  try {
    await expectation.wait(limits)
    return undefined
  } catch (error) {
    if (!isTimeout(error)) throw error
    const { cause } = error
    return `${error.message}${cause === undefined ? '' : `\n  the last look failed: ${messageOf(cause)}`}`
  }
}

const faultOfAbsence = async (
  expectation: Expectation,
  { duringMs, ...limits }: Limits & { readonly duringMs: number },
): Promise<string | undefined> => {
  const { awaited } = expectation
  const fault = (values: readonly unknown[], when: string) =>
    [
      `found ${awaited}${when}`,
      ...values.slice(-shownLines).map((value) => `  - ${expectation.lineOf(value)}`),
    ].join('\n')
  if (expectation.leaves === true) {
    const left = await remaining(expectation, limits)
    if (left.length > 0) return fault(left, `, still after ${limits.timeoutMs} ms`)
  } else {
    const now = await expectation.present(limits)
    if (now.length > 0) return fault(now, '')
  }
  if (duringMs === 0) return undefined
  try {
    const late = await expectation.wait({ ...limits, timeoutMs: duringMs })
    return fault([late], ` within ${duringMs} ms`)
  } catch (error) {
    // Nothing came, if the service could be asked.
    if (isTimeout(error) && error.cause === undefined) return undefined
    throw error
  }
}

/** Returns what is still there at the deadline; nothing as soon as nothing is. */
const remaining = async (
  expectation: Expectation,
  { timeoutMs, signal }: Limits,
): Promise<readonly unknown[]> => {
  using deadline = new Deadline(`waiting until there is not ${expectation.awaited}`, {
    timeoutMs,
    signal,
  })
  for (;;) {
    const { passed } = deadline
    if (signal?.aborted) throw deadline.error()
    // The last look has the time of a first one: a timeout of 0 looks once.
    const left = await expectation.present(signal === undefined ? {} : { signal })
    if (left.length === 0 || passed) return left
    await pause(pollMs, deadline.signal)
  }
}

const isTimeout = (error: unknown): error is MesocosmError =>
  isMesocosmError(error) && (error.code === 'TIMEOUT' || error.code === 'LOG_TIMEOUT')
