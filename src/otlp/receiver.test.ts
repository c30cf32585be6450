import { request as httpRequest } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { byNumber, messageOf, textOf } from '../protobuf/message.ts'
import type { Moments, Origin } from '../trace/event/event.ts'
import { createRedactor } from '../trace/write/redact.ts'
import { createIntake, type IntakeOptions, type Sender } from './intake.ts'
import { createReceiver, type ReceiverLimits } from './receiver.ts'

const limits: ReceiverLimits = { sent: 10_000, whole: 50_000, arrivalMs: 10_000, connections: 2 }

type Written = Origin &
  Partial<Moments['otlp.span'] & Moments['otlp.log']> & {
    readonly k: string
    readonly t: number | undefined
  }

interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly body: Buffer
}

interface Scene {
  readonly written: Written[]
  readonly full: number[]
  connect(): Duplex
  post(
    path: string,
    body: string | Uint8Array,
    headers?: Readonly<Record<string, string>>,
    method?: string,
  ): Promise<Answer>
}

const scene = (options: Partial<IntakeOptions> = {}, sender?: Sender): Scene => {
  const written: Written[] = []
  const full: number[] = []
  const receiver = createReceiver(limits)
  const intake = createIntake({
    openFile: () => ({
      write: (k, payload, t) => void written.push({ k, t, ...(payload as object) } as Written),
    }),
    redactor: createRedactor(),
    toOwn: (ms) => ms,
    most: { entries: 1_000, bytes: 10_000_000 },
    onFull: () => void full.push(written.length),
    isLane: (lane) => lane === 'lane_1',
    ...options,
  })
  const connect = () => {
    const [client, server] = duplexPair()
    receiver.accept(
      server,
      intake.of(() => sender),
    )
    return client
  }
  const post: Scene['post'] = (path, body, headers = {}, method = 'POST') =>
    new Promise((resolve, reject) => {
      const type = typeof body === 'string' ? 'application/json' : 'application/x-protobuf'
      const request = httpRequest(
        {
          path,
          method,
          headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...headers },
          createConnection: connect as never,
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              type: response.headers['content-type'],
              body: Buffer.concat(chunks),
            }),
          )
        },
      )
      request.on('error', reject)
      request.end(body)
    })
  return { written, full, connect, post }
}

const trace = '0af7651916cd43dd8448eb211c80319c'
const id = 'b7ad6b7169203331'
const began = Date.now()
const nanos = (ms: number) => `${BigInt(Math.round(ms)) * 1_000_000n}`

/** The same request as JSON and as protobuf, as the specification has them. */
const spanJson = {
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'shop' } },
          { key: 'mesocosm.lane', value: { stringValue: 'lane_1' } },
          { key: 'mesocosm.service', value: { stringValue: 'api' } },
        ],
      },
      scopeSpans: [
        {
          scope: { name: 'http' },
          spans: [
            {
              ...{ traceId: trace.toUpperCase(), spanId: id, parentSpanId: '00f067aa0ba902b7' },
              ...{ name: 'GET /', kind: 2, unknown: { deep: [1] } },
              startTimeUnixNano: nanos(began),
              endTimeUnixNano: nanos(began + 40),
              attributes: [
                { key: 'int', value: { intValue: '-5' } },
                { key: 'big', value: { intValue: '9223372036854775807' } },
                { key: 'double', value: { doubleValue: 1.5 } },
                { key: 'flag', value: { boolValue: true } },
                { key: '__proto__', value: { stringValue: 'own' } },
                { key: 'bytes', value: { bytesValue: 'AQI=' } },
                {
                  key: 'list',
                  value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: 2 }] } },
                },
                {
                  key: 'map',
                  value: { kvlistValue: { values: [{ key: 'k', value: { stringValue: 'v' } }] } },
                },
              ],
              events: [
                {
                  timeUnixNano: nanos(began + 10),
                  name: 'exception',
                  attributes: [{ key: 'exception.type', value: { stringValue: 'Error' } }],
                },
              ],
              links: [{ traceId: trace, spanId: '00f067aa0ba902b7' }],
              status: { code: 2, message: 'refused' },
            },
          ],
        },
      ],
    },
  ],
}

const hex = (text: string) => Buffer.from(text, 'hex')

/** Fields of one number after the other. */
const repeated = (number: number, values: readonly Uint8Array[]) =>
  Buffer.concat(values.map((value) => messageOf({ [number]: value })))

const fixed64 = (number: number, value: bigint) => {
  const bytes = Buffer.alloc(9)
  bytes[0] = number * 8 + 1
  bytes.writeBigUInt64LE(value, 1)
  return bytes
}

const double = (number: number, value: number) => {
  const bytes = Buffer.alloc(9)
  bytes[0] = number * 8 + 1
  bytes.writeDoubleLE(value, 1)
  return bytes
}

/** A negative or large number of 64 bits. */
const int64 = (number: number, value: bigint) => {
  const bytes = [number * 8]
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

const pair = (key: string, value: Uint8Array) => messageOf({ 1: key, 2: value })

const spanProtobuf = messageOf({
  1: Buffer.concat([
    messageOf({
      1: repeated(1, [
        pair('service.name', messageOf({ 1: 'shop' })),
        pair('mesocosm.lane', messageOf({ 1: 'lane_1' })),
        pair('mesocosm.service', messageOf({ 1: 'api' })),
      ]),
      2: Buffer.concat([
        messageOf({ 1: messageOf({ 1: 'http' }) }),
        messageOf({
          2: Buffer.concat([
            messageOf({ 1: hex(trace), 2: hex(id), 4: hex('00f067aa0ba902b7') }),
            messageOf({ 5: 'GET /', 6: 2 }),
            fixed64(7, BigInt(nanos(began))),
            fixed64(8, BigInt(nanos(began + 40))),
            repeated(9, [
              pair('int', int64(3, -5n)),
              pair('big', int64(3, 9223372036854775807n)),
              pair('double', double(4, 1.5)),
              pair('flag', messageOf({ 2: 1 })),
              pair('__proto__', messageOf({ 1: 'own' })),
              pair('bytes', messageOf({ 7: Buffer.from([1, 2]) })),
              pair(
                'list',
                messageOf({ 5: repeated(1, [messageOf({ 1: 'a' }), messageOf({ 3: 2 })]) }),
              ),
              pair('map', messageOf({ 6: messageOf({ 1: pair('k', messageOf({ 1: 'v' })) }) })),
            ]),
            messageOf({
              11: Buffer.concat([
                fixed64(1, BigInt(nanos(began + 10))),
                messageOf({
                  2: 'exception',
                  3: pair('exception.type', messageOf({ 1: 'Error' })),
                }),
              ]),
              13: messageOf({ 1: hex(trace), 2: hex('00f067aa0ba902b7') }),
              15: messageOf({ 2: 'refused', 3: 2 }),
              99: 'unknown',
            }),
          ]),
        }),
      ]),
    }),
  ]),
})

const expected = {
  ...{ k: 'otlp.span', t: began + 40, l: 'lane_1', s: 'api', trace, id },
  ...{ parent: '00f067aa0ba902b7', scope: 'http', name: 'GET /', kind: 'server', ms: 40 },
  error: { message: 'refused' },
  attrs: Object.fromEntries([
    ['int', -5],
    ['big', '9223372036854775807'],
    ['double', 1.5],
    ['flag', true],
    ['__proto__', 'own'],
    ['bytes', 'AQI='],
    ['list', ['a', 2]],
    ['map', { k: 'v' }],
  ]),
  events: [[10, 'exception', { 'exception.type': 'Error' }]],
  links: [`${trace}-00f067aa0ba902b7`],
}

test('a span is the same entry, whether it is sent as JSON or as protobuf', async () => {
  const { written, post } = scene()
  const ofJson = await post('/v1/traces', JSON.stringify(spanJson))
  const ofProtobuf = await post('/v1/traces', spanProtobuf)
  expect(ofJson).toMatchObject({ status: 200, type: 'application/json', body: Buffer.from('{}') })
  expect(ofProtobuf).toMatchObject({ status: 200, type: 'application/x-protobuf' })
  expect(ofProtobuf.body).toHaveLength(0)
  expect(written).toEqual([expected, expected])
})

test('a compressed body is read', async () => {
  const { written, post } = scene()
  const { status } = await post('/v1/traces', gzipSync(spanProtobuf), {
    'Content-Encoding': 'gzip',
  })
  expect(status).toBe(200)
  expect(written).toEqual([expected])
})

/** A request with one log record, as JSON. */
const logs = (record: object, attributes: readonly object[] = []) =>
  JSON.stringify({
    resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [record] }] }],
  })

test('a log record has the service that sent it, its level, and the span that wrote it', async () => {
  const { written, post } = scene({}, { lane: 'lane_1', service: 'worker' })
  const record = {
    ...{ timeUnixNano: nanos(began), severityNumber: 17, traceId: trace, spanId: id },
    body: { stringValue: 'no such table' },
  }
  expect((await post('/v1/logs', logs(record))).status).toBe(200)
  expect((await post('/v1/logs', logs({ body: { intValue: 5 } }))).status).toBe(200)
  expect(written).toEqual([
    {
      ...{ k: 'otlp.log', t: began, l: 'lane_1', s: 'worker', trace, span: id },
      ...{ level: 'error', text: 'no such table' },
    },
    { k: 'otlp.log', t: expect.closeTo(Date.now(), -4), l: 'lane_1', s: 'worker', text: '5' },
  ])
})

test('a resource names its sender only if there is such a lane; else the connection does', async () => {
  const named = (lane: string) => [
    { key: 'mesocosm.lane', value: { stringValue: lane } },
    { key: 'mesocosm.service', value: { stringValue: 'api' } },
    { key: 'service.name', value: { stringValue: 'shop' } },
  ]
  const sent = async (lane: string, sender?: Sender) => {
    const { written, post } = scene({}, sender)
    await post('/v1/logs', logs({ body: { stringValue: 'x' } }, named(lane)))
    return written.map(({ l, s }) => [l, s])
  }
  const worker = { lane: 'lane_2', service: 'worker' }
  expect(await sent('lane_1', worker)).toEqual([['lane_1', 'api']])
  expect(await sent('lane_9', worker)).toEqual([['lane_2', 'worker']])
  expect(await sent('lane_9')).toEqual([[undefined, 'shop']])
})

test('metrics are taken and dropped', async () => {
  const { written, post } = scene()
  expect(await post('/v1/metrics', '{"resourceMetrics":[]}')).toMatchObject({ status: 200 })
  expect(written).toEqual([])
})

test('spans without valid ids are rejected, and the others of the request are taken', async () => {
  const { written, post } = scene()
  const good = spanJson.resourceSpans[0]?.scopeSpans[0]?.spans[0]
  const body = JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          { spans: [good, { ...good, traceId: '0'.repeat(32) }, { ...good, spanId: 'xyz' }] },
        ],
      },
    ],
  })
  const { status, body: answer } = await post('/v1/traces', body)
  expect(status).toBe(200)
  expect(JSON.parse(answer.toString())).toMatchObject({
    partialSuccess: {
      rejectedSpans: '2',
      errorMessage: 'a trace id is not 32 hexadecimal digits',
    },
  })
  expect(written).toHaveLength(1)
})

test('what is more than the record takes is rejected, and reported once', async () => {
  const { written, full, post } = scene({ most: { entries: 1, bytes: 1_000_000 } })
  await post('/v1/traces', spanProtobuf)
  expect(full).toEqual([])
  const { status, body } = await post('/v1/traces', spanProtobuf)
  await post('/v1/traces', spanProtobuf)
  expect(status).toBe(200)
  const partial = byNumber(byNumber(body).get(1)?.bytes ?? Buffer.alloc(0))
  expect(partial.get(1)?.value).toBe(1)
  expect(textOf(partial.get(2))).toBe('the record of this run takes no more spans and logs')
  expect(written).toHaveLength(1)
  expect(full).toEqual([1])
})

test('of a service that sends long spans, fewer are taken', async () => {
  const { written, full, post } = scene({
    most: { entries: 1_000, bytes: 2 * spanProtobuf.length },
  })
  for (let count = 0; count < 5; count++) await post('/v1/traces', spanProtobuf)
  expect(written).toHaveLength(2)
  expect(full).toEqual([2])
})

test('what cannot be answered has the status of HTTP and a status of OTLP in the body', async () => {
  const { written, post } = scene()
  const refused = async (...args: Parameters<Scene['post']>) => {
    const { status, body } = await post(...args)
    return [status, (JSON.parse(body.toString()) as { readonly code: number }).code]
  }
  const gzip = { 'Content-Encoding': 'gzip' }
  expect(await refused('/v1/other', '{}')).toEqual([404, 5])
  expect(await refused('/v1/traces', '', {}, 'GET')).toEqual([405, 3])
  expect(await refused('/v1/traces', '{')).toEqual([400, 3])
  expect(await refused('/v1/traces', '[]')).toEqual([400, 3])
  expect(await refused('/v1/traces', '{}', gzip)).toEqual([400, 3])
  expect(await refused('/v1/traces', '{}', { 'Content-Encoding': 'br' })).toEqual([415, 3])
  expect(await refused('/v1/traces', `"${'x'.repeat(20_000)}"`)).toEqual([413, 8])
  const bomb = gzipSync(Buffer.alloc(1_000_000, ' '))
  const type = { 'Content-Type': 'application/json' }
  expect(await refused('/v1/traces', bomb, { ...gzip, ...type })).toEqual([413, 8])
  const { status, type: answered, body } = await post('/v1/traces', hex('0aff'))
  expect([status, answered]).toEqual([400, 'application/x-protobuf'])
  expect(byNumber(body).get(1)?.value).toBe(3)
  expect(textOf(byNumber(body).get(2))).toBe(
    'the body cannot be read: a protobuf message is cut off',
  )
  expect((await post('/v1/traces', '{}', { 'Content-Type': 'text/plain' })).status).toBe(415)
  expect(written).toEqual([])
})

test('secrets across the cut of a long value leave no part', async () => {
  const redactor = createRedactor()
  redactor.add(['hunter2hunter2'])
  const { written, post } = scene({ redactor })
  const value = `${'x'.repeat(4_090)}hunter2hunter2`
  await post(
    '/v1/logs',
    logs({ body: { stringValue: 'a' }, attributes: [{ key: 'k', value: { stringValue: value } }] }),
  )
  expect(written[0]?.attrs?.k).toBe(`${'x'.repeat(4_090)}•••`.slice(0, 4_096).concat('…'))
})

test('a time that is hours off is the time of arrival', async () => {
  const { written, post } = scene()
  await post('/v1/logs', logs({ timeUnixNano: '1', body: { stringValue: 'a' } }))
  expect(Math.abs((written[0]?.t ?? 0) - Date.now())).toBeLessThan(60_000)
})

test('times are on the clock of the run, from which that of the engine may differ', async () => {
  const { written, post } = scene({ toOwn: (ms) => ms - 5_000 })
  await post('/v1/traces', spanProtobuf)
  expect(written).toMatchObject([{ t: began + 40 - 5_000, ms: 40 }])
})

test('a value of any depth is read without its deepest parts', async () => {
  const { written, post } = scene()
  let body: Uint8Array = messageOf({ 1: 'end' })
  for (let depth = 0; depth < 500; depth++) body = messageOf({ 5: messageOf({ 1: body }) })
  const record = messageOf({ 1: messageOf({ 2: messageOf({ 2: messageOf({ 5: body }) }) }) })
  expect((await post('/v1/logs', record)).status).toBe(200)
  expect(written[0]?.text).toBe('[[[[[[[[["…"]]]]]]]]]')
})

test('connections beyond the limit are closed', async () => {
  const { connect } = scene()
  const open = [connect(), connect()]
  const third = connect()
  await new Promise<void>((resolve) => {
    third.on('error', () => undefined)
    third.on('close', () => resolve())
    third.on('end', () => resolve())
    third.resume()
  })
  expect(open.map(({ destroyed }) => destroyed)).toEqual([false, false])
})

/** Numbers that are the same in every run. */
const randomOf = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('torn and damaged bodies are answered, and the receiver goes on', async () => {
  const { written, post } = scene({ most: { entries: 1_000_000, bytes: 100_000_000 } })
  const random = randomOf(7)
  const json = Buffer.from(JSON.stringify(spanJson))
  const statuses = new Set<number>()
  for (let round = 0; round < 600; round++) {
    const source = round % 2 === 0 ? Buffer.from(spanProtobuf) : json
    const body = Buffer.from(source.subarray(0, random(source.length + 1)))
    for (let count = random(6); count > 0 && body.length > 0; count--)
      body[random(body.length)] = random(256)
    const type = round % 2 === 0 ? 'application/x-protobuf' : 'application/json'
    const path = random(4) === 0 ? '/v1/logs' : '/v1/traces'
    const { status } = await post(path, body, { 'Content-Type': type })
    statuses.add(status)
  }
  expect([...statuses].sort()).toEqual([200, 400])
  for (const { k, t, ms = 0 } of written) {
    expect(k).toMatch(/^otlp\./)
    expect(Number.isFinite(t) && Number.isFinite(ms)).toBe(true)
  }
  const before = written.length
  expect((await post('/v1/traces', spanProtobuf)).status).toBe(200)
  expect(written.slice(before)).toEqual([expected])
})

test('what is not HTTP is answered or cut, and the receiver goes on', async () => {
  const { written, connect, post } = scene()
  for (const bytes of ['\0\0\0\n\r\n', 'GET\r\n\r\n', 'POST /v1/traces HTTP/1.1\r\n\r\n']) {
    const client = connect()
    client.on('error', () => undefined)
    const over = new Promise((resolve) => {
      client.on('close', resolve)
      client.on('end', resolve)
    })
    client.resume()
    client.end(bytes)
    await over
    client.destroy()
  }
  expect((await post('/v1/traces', spanProtobuf)).status).toBe(200)
  expect(written).toEqual([expected])
})
