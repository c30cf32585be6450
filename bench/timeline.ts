// `node bench/timeline.ts [contender] [--again]` prints the engine calls of the start of five services.
import { parseArgs } from 'node:util'
import { openBench } from './lib/bench.ts'
import type { ContenderName } from './lib/contenders.ts'
import { type EngineCall, watchEngine } from './lib/engine-watch.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { again: { type: 'boolean', default: false } },
})
const name = (positionals[0] ?? 'mesocosm') as ContenderName

const columns = 60

/** Returns one line per call: when it began and was answered, a bar, and what it was. */
const chart = (calls: readonly EngineCall[], from: number, to: number): string => {
  const column = (at: number) => Math.round(((at - from) / (to - from)) * columns)
  return calls
    .filter(({ start }) => start >= from && start <= to)
    .map(({ method, path, start, end = to, status }) => {
      const [left, right] = [column(start), column(Math.min(end, to))]
      const bar = `${' '.repeat(left)}${'█'.repeat(Math.max(1, right - left))}`.padEnd(columns + 1)
      const times = [start - from, end - start].map((ms) => ms.toFixed(0).padStart(5)).join(' ')
      const short = path.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1')
      return `${times} ${bar} ${method} ${short} ${status ?? '…'}`
    })
    .join('\n')
}

await using watch = await watchEngine()
process.env.DOCKER_HOST = watch.host
await using bench = await openBench({ rounds: 1, log: () => undefined })
await using contender = bench.start(name)
let from = performance.now()
await contender.order('up', 'five')
if (values.again) {
  from = performance.now()
  await contender.order('upAgain', 'five')
}
const to = performance.now()
process.stdout.write(
  `${chart(watch.calls, from, to)}\n${name}: ready after ${(to - from).toFixed(0)} ms\n`,
)
await contender.order('down')
