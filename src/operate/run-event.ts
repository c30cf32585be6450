import type { Caller } from '../client/caller.ts'
import type { ServiceView } from '../protocol/methods.ts'

/** What a run tells those who watch it. */
export type RunEvent =
  | {
      readonly kind: 'service'
      /** Lane name; `run` for servers that lanes share. */
      readonly lane: string
      readonly service: string
      readonly state: ServiceView['state']
      readonly detail?: string
    }
  /** A line of a pull or build. */
  | { readonly kind: 'image'; readonly service: string; readonly line: string }
  | {
      readonly kind: 'lane'
      readonly lane: string
      readonly state: 'leased' | 'released' | 'reset' | 'removed'
    }

/** Calls back for everything that happens from now on, until the connection ends or the result is disposed. */
export const watchEvents = async (
  caller: Caller,
  onEvent: (event: RunEvent) => void,
): Promise<Disposable> => {
  const heard = caller.on('progress', (event) => onEvent(event as RunEvent))
  await caller.call('watch', {})
  return heard
}
