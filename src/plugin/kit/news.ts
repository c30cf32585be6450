import { createWaker } from '../../call/waker.ts'

/** When to look again: when the server reports something, or after a while. */
export interface News extends AsyncDisposable {
  /** Starts to follow the server, once. */
  follow(): void
  /** Resolves at news, also at those since the last call, when it is time to look, and when the signal aborts. */
  next(): Promise<void>
}

/**
 * Opens the news of a server. Disposing them ends the following, and waits for that.
 *
 * @param follow calls back until its signal aborts or the server hangs up; a failure counts as a hang-up.
 */
export const openNews = (
  follow: ((onNews: () => void, signal: AbortSignal) => Promise<void>) | undefined,
  outer: AbortSignal,
): News => {
  const end = new AbortController()
  const signal = AbortSignal.any([outer, end.signal])
  const waker = createWaker()
  let isFollowing = false
  let following: Promise<void> | undefined
  const onNews = () => {
    isFollowing = true
    waker.wake()
  }
  const onEnd = () => {
    isFollowing = false
  }
  return {
    follow() {
      following ??= follow?.(onNews, signal).then(onEnd, onEnd)
    },
    next: () => waker.sleep(signal, isFollowing ? pollMs.following : pollMs.alone),
    async [Symbol.asyncDispose]() {
      end.abort()
      await following
    },
  }
}

// ---

/** Milliseconds between looks, while the server reports arrivals by itself and while it does not. */
const pollMs = { following: 1_000, alone: 50 }
