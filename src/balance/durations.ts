/** Milliseconds by environment variant; `''` is the environment as declared. */
export type VariantTimes = Readonly<Record<string, number>>

/** How long test files took when they last ran, by path from the project's root with `/`. */
export type Durations = Readonly<Record<string, VariantTimes>>

/** Returns what a file of durations holds; entries that cannot be read are left out, and measured again. */
export const parseDurations = (text: string): Durations => {
  const data = jsonOf(text)
  if (!isKeyed(data) || data.version !== version || !isKeyed(data.files)) return {}
  return Object.fromEntries(
    Object.entries(data.files).flatMap(([file, times]) => {
      const read = isKeyed(times) ? Object.entries(times).filter(isTime) : []
      return read.length === 0 ? [] : [[file, Object.fromEntries(read)]]
    }),
  )
}

/** Returns durations as text, files in the order of their names. */
export const renderDurations = (durations: Durations): string => {
  const files = Object.fromEntries(
    Object.entries(durations).sort(([a], [b]) => (a < b ? -1 : Number(a > b))),
  )
  return `${JSON.stringify({ version, files }, undefined, 1)}\n`
}

/** Returns the durations with newer ones of some files in their place. */
export const withMeasured = (known: Durations, measured: Durations): Durations => ({
  ...known,
  ...Object.fromEntries(
    Object.entries(measured).map(([file, times]) => [
      file,
      Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Math.round(ms)])),
    ]),
  ),
})

/** Returns the time of a file in all its variants; `undefined` for an unknown file. */
export const totalMs = (times: VariantTimes | undefined): number | undefined =>
  times === undefined ? undefined : Object.values(times).reduce((sum, ms) => sum + ms, 0)

/** Returns the variant of a file: of several, all of them, since it must run whole. */
export const variantOf = (times: VariantTimes | undefined): string =>
  Object.keys(times ?? {})
    .filter((name) => name !== '')
    .sort()
    .join('+')

// ---

const version = 1

const isKeyed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTime = (entry: [string, unknown]): entry is [string, number] =>
  typeof entry[1] === 'number' && Number.isFinite(entry[1]) && entry[1] >= 0

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // It was cut off, or is another file.
    return undefined
  }
}
