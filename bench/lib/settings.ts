/** What a contender's process is told by the one that started it. */
export const contenderSettings = () => ({
  /** Prefix of every name, and value of the label, of all that is made on the engine. */
  id: required('BENCH_ID'),
  /** For files, and what Mesocosm takes for the project; removed at the end. */
  folder: required('BENCH_FOLDER'),
})

/** Carried by all that contenders other than Mesocosm make. */
export const benchLabel = 'dev.mesocosm.bench'

const required = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: start it with bench/index.ts`)
  return value
}
