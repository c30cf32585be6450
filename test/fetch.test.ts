import { join } from 'node:path'
import { defineTopology, http } from 'mesocosm'
import { loadTrace } from 'mesocosm/operate'
import { openRunnerSession } from 'mesocosm/runner'
import { parentIdOf, renderTrace, traceIdOf } from 'mesocosm/trace'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

/*
 * Requests of tests to services, and what the record of the run has of them.
 */

const source = `
process.on('SIGTERM', () => process.exit())
const answer = (request, response) => {
  const { url, method, headers } = request
  if (url === '/moved') return response.writeHead(302, { location: '/here' }).end()
  if (url === '/never') return
  console.log(JSON.stringify({ method, url, traceparent: headers.traceparent }))
  response.end(url === '/health' ? '' : 'hello')
}
const { createServer } = require('node:http')
createServer(answer).listen(3000)
createServer(answer).listen(3001)
`

const declare = ({ folder }: Sandbox) =>
  defineTopology({
    name: 'fetched',
    root: folder,
    services: {
      api: {
        image: 'node:24-trixie-slim',
        command: ['node', '-e', source],
        ports: { http: 3000, admin: 3001 },
        ready: http('/health'),
      },
    },
  })

test('requests of a test reach the service with its trace id, and are in the record under it', async ({
  sandbox,
}) => {
  const session = openRunnerSession(declare(sandbox), { client: 'fetch test' })
  let seen = ''
  {
    await using file = await session.forFile()
    // A hook before all tests.
    const { services } = await file.prepare(['api'])
    expect((await services.api.http.fetch('/hook')).status).toBe(200)

    const running = await file.beginTest({
      file: join(sandbox.folder, 'a.test.ts'),
      titlePath: ['asks'],
    })
    const api = await running.use('api')
    expect(await (await api.http.fetch('/one')).text()).toBe('hello')
    expect((await api.admin.fetch('/two', { method: 'POST', body: 'xyz' })).status).toBe(200)
    expect((await api.http.fetch('/moved')).redirected).toBe(true)
    const late = api.http.fetch('/never', { signal: AbortSignal.timeout(50) })
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' })
    seen = (await api.logs.waitFor('"/one"')).text
    await api.restart()
    expect((await api.http.fetch('/after')).status).toBe(200)
    await api.stop()
    await expect(api.http.fetch('/gone')).rejects.toMatchObject({
      code: 'SERVICE_CLIENT_FAILED',
      message: expect.stringMatching(/^api does not answer GET \/gone: .*; api was stopped/),
      facts: { service: 'api', state: 'stopped' },
    })
    running.end({ status: 'passed' })
  }
  const folder = join(sandbox.folder, '.mesocosm/runs', sandbox.runs().at(-1) ?? '')
  const trace = loadTrace(folder)
  const text = renderTrace(trace)
  const [asked] = trace.tests
  const calls = (asked?.children ?? []).filter(({ name }) => name.includes('.fetch'))
  expect(
    calls.map(({ name, status }) => [name, status]),
    text,
  ).toEqual([
    ['http.fetch api: GET /one → 200', 'done'],
    ['admin.fetch api: POST /two → 200', 'done'],
    ['http.fetch api: GET /moved → 200', 'done'],
    ['http.fetch api: GET /never', 'timeout'],
    ['http.fetch api: GET /after → 200', 'done'],
    ['http.fetch api: GET /gone', 'failed'],
  ])
  const ends = trace.events.flatMap((event) => (event.k === 'call.end' ? [event.http] : []))
  expect(ends).toContainEqual({ status: 200, sent: 3, received: 5 })
  expect(ends).toContainEqual(
    expect.objectContaining({ redirected: expect.stringMatching(/\/here$/) }),
  )

  // What the service saw of the request leads back to the test and to the call.
  const { traceparent } = JSON.parse(seen) as { readonly traceparent: string }
  const [one] = calls
  expect(traceparent).toBe(`00-${traceIdOf(asked?.test ?? '')}-${parentIdOf(one?.id ?? '')}-01`)
})
