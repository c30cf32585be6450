/** Returns the settings that the parent passes to the process of a contender. */
export const contenderSettings = () => ({
  /** Prefix of every name on the engine, and value of the label. */
  id: required('BENCH_ID'),
  /** Folder for files, and the project of Mesocosm; removed at the end. */
  folder: required('BENCH_FOLDER'),
})

/** Label of everything that contenders other than Mesocosm create. */
export const benchLabel = 'dev.mesocosm.bench'

const required = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set; start bench/index.ts instead`)
  return value
}
