// `node bench/telemetry.ts`: how long a record with 100,000 spans takes to merge and to export, and 1,000,000 log lines
// to attribute to 2,000 tests. Needs no engine.
import { otlpTraces } from '../src/report/export/otlp.ts'
import { perfettoTrace } from '../src/report/export/perfetto.ts'
import { parentIdOf, traceIdOf } from '../src/trace/event/trace-context.ts'
import { createAttributor } from '../src/trace/read/attribute/attributor.ts'
import { mergeTrace } from '../src/trace/read/merge-trace.ts'

const tests = 2_000
const spansPerTest = 50
const lanes = 8
const lines = 1_000_000

const timed = <T>(what: string, work: () => T): T => {
  const start = performance.now()
  const before = process.threadCpuUsage()
  const result = work()
  const { user, system } = process.threadCpuUsage(before)
  const cpuMs = Math.round((user + system) / 1_000)
  // Of this thread: what a machine with nothing else to do takes.
  console.log(`${what}: ${Math.round(performance.now() - start)} ms, ${cpuMs} ms of CPU`)
  return result
}

const began = 1_796_000_000_000
const hex = (number: number) => number.toString(16).padStart(16, '0')
const owner: object[] = []
const otlp: object[] = []
for (let lane = 1; lane <= lanes; lane++)
  owner.push({
    ...{ k: 'lane.names', t: began, l: `lane_${lane}`, s: 'db', on: 'run' },
    keys: [`lane_${lane}`, `app_lane_${lane}`],
  })
for (let index = 0; index < tests; index++) {
  const x = `${hex(index)}#0`
  const l = `lane_${(index % lanes) + 1}`
  const t = began + Math.floor(index / lanes) * 1_000
  const test = `w.${2 * index}`
  const call = `w.${2 * index + 1}`
  const trace = traceIdOf(x)
  const http = { method: 'GET', path: '/' }
  owner.push(
    {
      ...{ k: 'test.start', t, i: test, x, l, id: hex(index), retry: 0, file: '/p/a.test.ts' },
      titlePath: [`test ${index}`],
    },
    { k: 'call.start', t: t + 1, i: call, p: test, x, l, s: 'api', method: 'http.fetch', http },
    { k: 'call.end', t: t + 800, i: call, x, status: 'done', ms: 799, http: { status: 200 } },
    { k: 'test.end', t: t + 900, i: test, x, status: 'passed', touched: ['api'] },
  )
  for (let number = 0; number < spansPerTest; number++)
    otlp.push({
      ...{ k: 'otlp.span', t: t + 20 + number, l, s: 'api', trace, ms: 5 },
      ...{ id: hex(index * 1_000 + number + 1), kind: 'client', name: 'SELECT users' },
      parent: number === 0 ? parentIdOf(call) : hex(index * 1_000 + Math.floor(number / 2) + 1),
      attrs: { 'db.system': 'postgresql', 'db.query.text': 'select * from users where id = $1' },
    })
}
const file = (name: string, entries: readonly object[]) => ({
  name,
  text: `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`,
})
const files = [file('ev/owner.ndjson', owner), file('ev/otlp.ndjson', otlp)]

const trace = timed(`mergeTrace of ${otlp.length} spans`, () => mergeTrace(files))
timed('the export to OTLP', () => JSON.stringify(otlpTraces(trace)))
timed('the export to Perfetto', () => JSON.stringify(perfettoTrace(trace)))

const padding = 'select id, name, created_at from users where name like any order by created_at'
const step = ((tests / lanes) * 1_000) / lines
const rows = Array.from({ length: lines }, (_, row) => {
  const lane = `lane_${(row % lanes) + 1}`
  const isShared = row % 4 === 0
  const named = row % 8 === 0 ? `postgres@app_${lane}/api LOG:` : 'checkpoint starting: time'
  return {
    time: began + row * step,
    lane: isShared ? 'run' : lane,
    service: isShared ? 'db' : 'api',
    text: isShared ? `${named} ${padding}` : `{"level":"info","msg":"${padding}","row":${row}}`,
  }
})
const attributor = timed('createAttributor', () => createAttributor(trace))
timed(`the attribution of ${lines} lines`, () => {
  const found = new Int32Array(lines)
  for (const [index, row] of rows.entries()) found[index] = attributor.of(row)
  return found
})
const counts: Record<string, number> = {}
for (const row of rows) {
  const { how = '' } = attributor.all[attributor.of(row)] ?? {}
  counts[how] = (counts[how] ?? 0) + 1
}
console.log(JSON.stringify(counts), `${attributor.all.length} attributions`)
