import { setTimeout as delay } from 'node:timers/promises'
import type { Hook } from '../store/model.ts'
import { notificationRecord, type StoreEvent } from './event.ts'

/** Sends events to the addresses that buckets name. */
export interface HookSender {
  send(event: StoreEvent, hooks: readonly Hook[], requestId: string): void
  close(): void
}

/** S3 promises at least one delivery; an address that does not answer by then is told of in the log. */
const retriesAfterMs = [100, 300, 1_000, 3_000]

export const createHookSender = (options: {
  readonly region: string
  log(line: string): void
}): HookSender => {
  const closing = new AbortController()
  const deliver = async (hook: Hook, body: string): Promise<void> => {
    for (const waitMs of [...retriesAfterMs, undefined]) {
      const failure = await post(hook.url, body, closing.signal)
      if (failure === undefined || closing.signal.aborted) return
      if (waitMs === undefined) options.log(`event not delivered to ${hook.url}: ${failure}`)
      else await delay(waitMs, undefined, { signal: closing.signal }).catch(() => {})
    }
  }
  return {
    send(event, hooks, requestId) {
      for (const hook of hooks.filter((one) => concerns(one, event))) {
        const record = notificationRecord(event, {
          region: options.region,
          configurationId: hook.id,
          requestId,
        })
        void deliver(hook, JSON.stringify({ Records: [record] }))
      }
    },
    close: () => closing.abort(),
  }
}

/** Whether a hook asks for an event: `s3:ObjectCreated:*` and the key's beginning and end. */
export const concerns = (hook: Hook, { name, key }: StoreEvent): boolean =>
  key.startsWith(hook.prefix) &&
  key.endsWith(hook.suffix) &&
  hook.events.some((event) =>
    event.endsWith('*') ? name.startsWith(event.slice(0, -1)) : name === event,
  )

// ---

/** @returns what went wrong. */
const post = async (
  url: string,
  body: string,
  closing: AbortSignal,
): Promise<string | undefined> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.any([closing, AbortSignal.timeout(5_000)]),
    })
    await response.body?.cancel()
    return response.ok ? undefined : `status ${response.status}`
  } catch (error) {
    const { cause, message } = error as Error
    return cause instanceof Error ? cause.message : message
  }
}
