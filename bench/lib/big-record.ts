import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testIdOf } from '../../src/trace/event/test-id.ts'
import { parentIdOf, traceIdOf } from '../../src/trace/event/trace-context.ts'

/** How large a record is made. */
export interface BigRecordSize {
  readonly lines: number
  readonly spans: number
  readonly tests: number
  readonly lanes: number
}

/** What a report must be usable with. */
export const bigRecord: BigRecordSize = { lines: 1_000_000, spans: 100_000, tests: 2_000, lanes: 8 }

/**
 * Writes the record of a run as large as asked for: each lane runs its tests one after the other, with calls, commands,
 * changes of env and states; services log in several styles, with ids that do not repeat. The same for the same size.
 */
export const makeBigRecord = (folder: string, size: BigRecordSize = bigRecord): void => {
  for (const sub of ['ev', 'log', 'blob']) mkdirSync(join(folder, sub), { recursive: true })
  const random = randomOf(42)
  const supervisor = eventFile('supervisor', 's')
  const otlp = eventFile('otlp', 'o')
  supervisor.write('run.start', t0, {
    engine: { name: 'Docker', version: '28' },
    root: '/shop',
    pid: 1,
  })
  const perLane = Math.ceil(size.tests / size.lanes)
  const spansPerTest = Math.ceil(size.spans / size.tests)
  for (let laneNumber = 0; laneNumber < size.lanes; laneNumber++) {
    const l = `lane_${laneNumber + 1}`
    const worker = eventFile('client', `w${laneNumber}-1`)
    const windows: TestWindow[] = []
    let t = t0 + 1_000 + laneNumber * 37
    for (const s of services)
      supervisor.write('svc.state', t, { l, s, state: 'running', container: `${l}-${s}` })
    for (let index = 0; index < perLane; index++) {
      const file = `test/${areas[index % areas.length]}-${Math.floor(index / 25)}.test.ts`
      const titlePath = [
        `${areas[index % areas.length]} of lane ${laneNumber + 1}`,
        `keeps promise ${index} when a customer returns`,
      ]
      const id = testIdOf([file, ...titlePath])
      const retry = index % 97 === 96 ? 1 : 0
      const x = `${id}#${retry}`
      const failed = index % 61 === 60
      const length = 300 + Math.floor(random() * 900)
      const test = worker.span()
      worker.write('test.start', t, { i: test, x, l, id, retry, file, titlePath })
      const call = worker.span()
      worker.write('call.start', t + 5, {
        i: call,
        p: test,
        x,
        l,
        s: 'api',
        method: 'api.http.fetch',
        http: { method: 'POST', path: `/orders/${index}` },
      })
      if (index % 10 === 0) {
        supervisor.write('env.change', t + 8, {
          x,
          p: call,
          l,
          s: 'api',
          diff: { SIGNUP: ['open', 'closed'] },
        })
        supervisor.write('svc.state', t + 20, {
          l,
          s: 'api',
          state: 'exited',
          container: `${l}-api`,
          exitCode: 0,
          by: 'stop',
        })
        supervisor.write('svc.state', t + 60, {
          l,
          s: 'api',
          state: 'running',
          container: `${l}-api`,
        })
      }
      for (let span = 0, parent = parentIdOf(call); span < spansPerTest; span++) {
        const id = hex(random, 16)
        const ms = 1 + random() * 20
        const [name, attrs] = spanOf(span, random)
        otlp.write('otlp.span', t + 10 + span * 4 + ms, {
          x,
          l,
          s: services[span % 3],
          trace: traceIdOf(x),
          id,
          parent,
          scope: '@opentelemetry/instrumentation-http',
          name,
          kind: span % 3 === 0 ? 'server' : 'client',
          ms: Number(ms.toFixed(3)),
          attrs,
        })
        if (span % 5 === 0) parent = id
      }
      worker.write('call.end', t + 250, {
        i: call,
        p: test,
        x,
        l,
        s: 'api',
        status: 'done',
        ms: 245,
        http: { status: 201 },
      })
      const exec = supervisor.span()
      supervisor.write('exec.start', t + 255, {
        i: exec,
        p: test,
        x,
        l,
        s: 'worker',
        argv: ['bin/console', 'orders:process', '--id', String(index)],
      })
      supervisor.write('exec.end', t + 280, {
        i: exec,
        p: test,
        x,
        l,
        s: 'worker',
        exit: 0,
        ms: 25,
        stdout: `processed order ${index}\n`,
      })
      worker.write('test.end', t + length, {
        i: test,
        x,
        l,
        status: failed ? 'failed' : 'passed',
        touched: ['api', 'worker'],
        ...(failed ? { error: `expected 201, got 500 for order ${index}` } : {}),
      })
      windows.push({ start: t, end: t + length, x })
      t += length + 20
    }
    writeLogs(folder, l, windows, Math.ceil(size.lines / size.lanes), random)
    worker.save(folder)
  }
  supervisor.write('run.end', t0 + 3_600_000, { status: 'no client' })
  supervisor.save(folder)
  otlp.save(folder)
  const run = {
    v: 1,
    id: '20260901T000000-b16b16',
    start: t0,
    status: 'ended',
    end: t0 + 3_600_000,
    root: '/shop',
  }
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run))
}

// ---

const t0 = 1_788_220_800_000

const services = ['api', 'worker', 'db', 'mailer', 'frontend', 'search']

const areas = ['checkout', 'sign-up', 'cart', 'refunds', 'search', 'invoices']

interface TestWindow {
  readonly start: number
  readonly end: number
  readonly x: string
}

type Random = () => number

/** Mulberry32. */
const randomOf = (seed: number): Random => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const hex = (random: Random, digits: number): string => {
  let text = ''
  while (text.length < digits)
    text += Math.floor(random() * 0x100000000)
      .toString(16)
      .padStart(8, '0')
  return text.slice(0, digits)
}

const spanOf = (span: number, random: Random): [string, Record<string, unknown>] => {
  const id = Math.floor(random() * 100_000)
  if (span % 3 === 0)
    return [
      'POST /orders/:id',
      {
        'http.request.method': 'POST',
        'url.path': `/orders/${id}`,
        'http.response.status_code': 201,
      },
    ]
  if (span % 3 === 1)
    return [
      'SELECT shop.orders',
      {
        'db.system': 'postgresql',
        'db.statement': 'SELECT * FROM orders WHERE id = $1',
        'db.rows': id % 40,
      },
    ]
  return [
    'publish order.created',
    { 'messaging.system': 'rabbitmq', 'messaging.message.id': hex(random, 12) },
  ]
}

/** Entries of one writer. */
const eventFile = (writer: string, prefix: string) => {
  const rows: string[] = []
  let last = 0
  const write = (k: string, t: number, payload: object) =>
    rows.push(JSON.stringify({ k, t: Number(t.toFixed(3)), ...payload }))
  write('head', t0, { v: 2, writer, pid: 1, prefix })
  return {
    write,
    span: () => `${prefix}.${++last}`,
    save: (folder: string) =>
      writeFileSync(
        join(folder, 'ev', `${prefix === 's' ? 'owner' : prefix}.ndjson`),
        `${rows.join('\n')}\n`,
      ),
  }
}

const writeLogs = (
  folder: string,
  lane: string,
  windows: readonly TestWindow[],
  lines: number,
  random: Random,
): void => {
  const files = new Map(services.map((service) => [service, [] as string[]]))
  for (const [service, rows] of files)
    rows.push(
      JSON.stringify({
        k: 'svc.segment',
        v: 1,
        t: t0,
        lane,
        service,
        container: `${lane}${service}`,
        seq: 1,
        after: 0,
      }),
    )
  const perTest = lines / windows.length
  let row = 0
  for (const { start, end } of windows) {
    const count = Math.min(Math.round(perTest), lines - row)
    for (let index = 0; index < count; index++) {
      const time = start + ((end - start + 20) * index) / count
      const service = services[Math.floor(random() * services.length)] as string
      const rows = files.get(service) as string[]
      const text = lineOf(service, time, random)
      rows.push(`[${time.toFixed(3)},${JSON.stringify(text)},${random() < 0.1 ? 2 : 1},0,${++row}]`)
    }
  }
  for (const [service, rows] of files)
    writeFileSync(
      join(folder, 'log', `${lane}.${service}.c${services.indexOf(service)}00000000000.ndjson`),
      `${rows.join('\n')}\n`,
    )
}

const lineOf = (service: string, time: number, random: Random): string => {
  const id = Math.floor(random() * 1_000_000)
  const ms = (random() * 30).toFixed(1)
  switch (service) {
    case 'api':
      return JSON.stringify({
        level: random() < 0.01 ? 50 : 30,
        time: Math.round(time),
        reqId: hex(random, 8),
        msg: 'request completed',
        path: `/orders/${id}`,
        ms,
      })
    case 'db':
      return `${new Date(time).toISOString()} [${id % 90}] LOG:  duration: ${ms} ms  execute <unnamed>: SELECT * FROM orders WHERE id = ${id}`
    case 'worker':
      return random() < 0.02
        ? `ERROR order ${id} could not be processed: timeout after ${ms} ms`
        : `INFO  order ${id} processed in ${ms} ms, ${Math.floor(random() * 9)} items, ✓`
    case 'mailer':
      return `mail to customer-${id}@example.test queued as ${hex(random, 12)}`
    case 'frontend':
      return `172.18.0.${id % 250} - - "GET /orders/${id} HTTP/1.1" ${random() < 0.02 ? 502 : 200} ${Math.floor(random() * 90_000)} "-" "Mozilla/5.0"`
    default:
      return `[${hex(random, 8)}] indexed document order-${id} (version ${id % 30}) in ${ms} ms on shard ${id % 5} of 5 for tenant shop`
  }
}
