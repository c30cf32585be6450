import { byId, h, put } from './element.ts'

/** Returns a function that shows a short message at the bottom, which screen readers speak; the next one replaces it. */
export const createNotice = (): ((text: string) => void) => {
  const place = byId('notice', HTMLElement)
  let timer: ReturnType<typeof setTimeout> | undefined
  return (text) => {
    put(place, h('p', {}, text))
    clearTimeout(timer)
    timer = setTimeout(() => put(place), 6_000)
  }
}

/** Returns what went wrong, as a sentence for the user. */
export const reasonOf = (error: unknown): string =>
  error instanceof TypeError ? 'The server does not answer.' : (error as Error).message
