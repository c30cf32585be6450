import type { Evidence } from '../../call/deadline.ts'

/** How arrivals are named in the error of a wait that ended without the right one. */
export interface ArrivalWords<T> {
  /** What arrives, such as `message`; `s` makes it plural. */
  readonly noun: string
  /** Returns one line that shows a value. */
  lineOf(value: T): string
  /** What to do if nothing arrived; default the remedy of every timeout. */
  readonly remedy?: string
  /** What to do if others arrived; default `compare with the messages above`. */
  readonly othersRemedy?: string
}

/** Returns what did arrive, for the error: how many, a line for each of the last 20, and what to do. */
export const evidenceOf = <T>(
  arrived: readonly T[],
  { noun, lineOf, remedy, othersRemedy = `compare with the ${noun}s above` }: ArrivalWords<T>,
): Evidence => ({
  seen: countOf(arrived.length, noun),
  ...(arrived.length > 0 ? { remedy: othersRemedy } : remedy === undefined ? {} : { remedy }),
  facts: { arrived: arrived.length },
  details: [
    ...(arrived.length > shown ? [`(${arrived.length - shown} earlier ones are left out)`] : []),
    ...arrived.slice(-shown).map((value) => lineOf(value)),
  ],
})

// ---

const shown = 20

const countOf = (count: number, noun: string) =>
  count === 0 ? `no ${noun} arrived` : `${count} other ${noun}${count === 1 ? '' : 's'} arrived`
