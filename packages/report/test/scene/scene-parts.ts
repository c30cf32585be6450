import { parentIdOf, traceIdOf } from '../../../../src/trace/event/trace-context.ts'
import type { SceneWriter } from './scene-writer.ts'

/** The steps, states and readiness of a service that starts, or starts again. */
export const starting = (
  scene: SceneWriter,
  l: string,
  s: string,
  at: number,
  ms: number,
  how: { x?: string; p?: string; cause?: string; crash?: number } = {},
): void => {
  const i = scene.span()
  const origin = { l, ...(how.x === undefined ? {} : { x: how.x }) }
  const cause = how.cause ?? 'does not exist yet'
  const again = how.cause !== undefined
  const names = again
    ? ['stop program', 'create program', 'start program', 'await ready', 'remove program']
    : ['start sandbox', 'create program', 'start program', 'await ready']
  const after = again ? [[], [], [1, 2], [3], [3]] : [[], [1], [2], [3]]
  const container = scene.container()
  scene.event(
    'plan.start',
    at,
    { ...origin, ...(how.p === undefined ? {} : { p: how.p }) },
    {
      i,
      steps: names.map((name, step) => ({
        id: step + 1,
        do: name,
        service: s,
        after: after[step] ?? [],
        cause,
      })),
    },
  )
  if (again)
    scene.event(
      'svc.state',
      at + ms * 0.22,
      { ...origin, s },
      { state: 'exited', container: 'a0', exitCode: 0, by: 'stop' },
    )
  const share = again ? [0.25, 0.3, 0.45, 1, 0.8] : [0.2, 0.45, 0.6, 1]
  const took = again ? [0.25, 0.28, 0.15, 0.55, 0.2] : [0.2, 0.25, 0.15, 0.4]
  for (const [step, name] of names.entries())
    scene.event(
      'plan.step',
      at + ms * (share[step] ?? 1),
      { ...origin, p: i, s },
      {
        step: step + 1,
        do: name,
        status: 'done',
        ms: ms * (took[step] ?? 0),
      },
    )
  scene.event(
    'svc.state',
    at + ms * (again ? 0.4 : 0.5),
    { ...origin, s },
    { state: 'started', container },
  )
  scene.event('plan.end', at + ms, origin, { i, status: 'done' })
  if (how.crash !== undefined)
    scene.event(
      'svc.state',
      how.crash,
      { ...origin, s },
      { state: 'exited', container, exitCode: 1, by: 'crash' },
    )
}

/** An attempt of a test. */
export interface TestFacts {
  readonly id: string
  readonly retry?: number
  readonly file: string
  readonly titlePath: readonly string[]
  readonly lane: string
  readonly at: number
  readonly ms: number
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly error?: string
  readonly touched: readonly string[]
}

/** Records an attempt of a test and what it does. */
export const attempt = (
  scene: SceneWriter,
  facts: TestFacts,
  within: (x: string, p: string) => void,
): void => {
  const { id, retry = 0, file, titlePath, lane: l, at, ms, status, error, touched } = facts
  const x = `${id}#${retry}`
  const i = scene.span()
  scene.event('test.start', at, { x, l }, { i, id, retry, file, titlePath })
  within(x, i)
  scene.event(
    'test.end',
    at + ms,
    { x, l },
    { i, status, touched, ...(error === undefined ? {} : { error }) },
  )
}

/** Records a call of a test; returns its id. */
export const call = (
  scene: SceneWriter,
  at: number,
  ms: number,
  origin: { x: string; p: string; l: string; s?: string },
  method: string,
  facts: {
    args?: readonly unknown[]
    http?: { method: string; path: string; status: number }
    error?: { code?: string; message: string }
    status?: 'failed' | 'timeout'
  } = {},
): string => {
  const i = scene.span()
  const { http, error } = facts
  scene.event('call.start', at, origin, {
    i,
    method,
    ...(facts.args === undefined ? {} : { args: facts.args }),
    ...(http === undefined ? {} : { http: { method: http.method, path: http.path } }),
  })
  scene.event('call.end', at + ms, origin, {
    i,
    status: facts.status ?? (error === undefined ? 'done' : 'failed'),
    ms,
    ...(http === undefined ? {} : { http: { status: http.status, sent: 64, received: 418 } }),
    ...(error === undefined ? {} : { error }),
  })
  return i
}

/** Records a step of a test; returns its id. */
export const step = (
  scene: SceneWriter,
  at: number,
  ms: number,
  x: string,
  p: string,
  title: string,
  error?: { message: string },
): string => {
  const i = scene.span()
  scene.event('step.start', at, { x, p }, { i, title })
  scene.event('step.end', at + ms, { x, p }, { i, ...(error === undefined ? {} : { error }) })
  return i
}

/** Returns a log line as services write it. */
export const json = (
  level: string,
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): string => JSON.stringify({ level, message, ...fields })

/** Spans of a request to the api: its own, a query, and a call to pricing. */
export const spans = (
  scene: SceneWriter,
  x: string,
  l: string,
  at: number,
  ms: number,
  callId: string,
  route: string,
): void => {
  const trace = traceIdOf(x)
  const id = (number: number) =>
    (BigInt(Math.round(at)) * 1000n + BigInt(number)).toString(16).padStart(16, '0')
  const put = (
    number: number,
    s: string,
    name: string,
    from: number,
    took: number,
    parent: string,
    kind: 'server' | 'client' | 'producer' | 'consumer',
    attrs: Readonly<Record<string, string | number>>,
  ) =>
    scene.event('otlp.span', from + took, { x, l, s }, {
      trace,
      id: id(number),
      parent,
      name,
      kind,
      ms: took,
      attrs,
    } as never)
  put(1, 'api', route, at + 2, ms - 4, parentIdOf(callId), 'server', {
    'http.request.method': route.split(' ')[0] ?? '',
    'http.route': route.split(' ')[1] ?? '',
  })
  put(2, 'api', 'GET /price', at + ms * 0.2, ms * 0.3, id(1), 'client', {
    'server.address': 'pricing',
  })
  put(3, 'pricing', 'GET /price', at + ms * 0.24, ms * 0.2, id(2), 'server', {
    'http.response.status_code': 200,
  })
  put(4, 'api', 'INSERT orders', at + ms * 0.55, ms * 0.3, id(1), 'client', {
    'db.system': 'postgresql',
    'db.query.text': 'INSERT INTO orders (item, quantity) VALUES ($1, $2)',
  })
}

/** Records that a service connected to another one. */
export const used = (
  scene: SceneWriter,
  x: string,
  l: string,
  at: number,
  s: string,
  to: string,
  port: number,
): void => scene.event('edge.used', at, { x, l, s }, { to, port })
