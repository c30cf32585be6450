import { join } from 'node:path'
import type { Bench } from './lib/bench.ts'
import { endRun } from './lib/end-run.ts'
import { type Comparison, createSamples } from './lib/samples.ts'
import { wallTime } from './lib/wall.ts'

const before = 'ready'
const peak = 'peak after 1 GiB'

/** Measures memory and time of the bundled S3 server during an upload of 1 GiB; every sample has a new server. */
export const measureS3Upload = async (bench: Bench): Promise<Comparison[]> => {
  const memory = createSamples([before, peak])
  const time = createSamples([upload])
  for (let round = 0; round < bench.rounds; round++) {
    const run = bench.newRun()
    const { output } = await wallTime(process.execPath, [script], {
      BENCH_FOLDER: bench.folder,
      MESOCOSM_RUN: run,
    })
    const { beforeMiB, peakMiB, ms } = JSON.parse(output) as Measured
    bench.log(`s3: ${ms.toFixed(0)} ms, ${beforeMiB.toFixed(0)} → ${peakMiB.toFixed(0)} MiB`)
    memory.add(before, beforeMiB)
    memory.add(peak, peakMiB)
    time.add(upload, ms)
    await endRun(bench.folder, run)
  }
  return [
    {
      measure: 's3-memory',
      title: 'memory of @mesocosm/s3-mock, MiB',
      base: before,
      variants: memory.variants(),
    },
    {
      measure: 's3',
      title: '1 GiB to @mesocosm/s3-mock, in one request',
      base: upload,
      variants: time.variants(),
    },
  ]
}

// ---

interface Measured {
  readonly beforeMiB: number
  readonly peakMiB: number
  readonly ms: number
}

const upload = 'mesocosm'

const script = join(import.meta.dirname, 's3-upload/upload.mjs')
