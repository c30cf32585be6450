import { setTimeout as delay } from 'node:timers/promises'
import type { Hook } from '../store/model.ts'
import { notificationRecord, type StoreEvent } from './event.ts'

/** Posts events to the URLs that buckets are configured with. */
export interface HookSender {
  send(event: StoreEvent, hooks: readonly Hook[], requestId: string): void
  close(): void
}

/** Delays between tries, because S3 delivers at least once. A URL that still fails after the last one is logged. */
const retriesAfterMs = [100, 300, 1_000, 3_000]

/** Returns a sender. `close()` ends its retries. */
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

/** Returns whether a hook is for an event: `s3:ObjectCreated:*`, and prefix and suffix of the key. */
export const concerns = (hook: Hook, { name, key }: StoreEvent): boolean =>
  key.startsWith(hook.prefix) &&
  key.endsWith(hook.suffix) &&
  hook.events.some((event) =>
    event.endsWith('*') ? name.startsWith(event.slice(0, -1)) : name === event,
  )

// ---

/** Posts once; returns the reason of a failure. */
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
