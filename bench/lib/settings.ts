/** What a contender's process is told by the one that started it. */
export const contenderSettings = () => ({
  /** Prefix of every name and value of the label of everything made on the engine. */
  id: process.env.BENCH_ID ?? `mesocosm-bench-${process.pid}`,
  /** Folder for files of this run of the benchmark; removed at its end. */
  folder: process.env.BENCH_FOLDER ?? '',
})

/** Carried by all that contenders other than Mesocosm make. */
export const benchLabel = 'dev.mesocosm.bench'
