import { engineProgress } from '../engine/api.ts'
import type { Endpoint } from '../engine/endpoint.ts'

/**
 * Pulls an image; gives up after `quietMs` without progress.
 *
 * @returns `undefined` if it was pulled, else why not.
 */
export const pull = async (
  endpoint: Endpoint,
  name: string,
  quietMs: number,
): Promise<string | undefined> => {
  const silence = new AbortController()
  const giveUp = () =>
    silence.abort(new Error(`no answer from the registry for ${quietMs / 1_000} s`))
  const timer = setTimeout(giveUp, quietMs)
  const [fromImage = '', tag = ''] = name.split(':')
  try {
    await engineProgress(
      endpoint,
      {
        method: 'POST',
        path: '/images/create',
        query: { fromImage, tag },
        signal: silence.signal,
      },
      () => timer.refresh(),
    )
    return undefined
  } catch (error) {
    return ((silence.signal.reason ?? error) as Error).message.split('\n')[0]
  } finally {
    clearTimeout(timer)
  }
}
