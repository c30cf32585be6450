import { join } from 'node:path'
import { defineTopology, http, lease, withTimeout } from 'mesocosm'
import { loadTrace } from 'mesocosm/operate'
import { attachCdp } from '../lib/debuggers/cdp.ts'
import { attachDap } from '../lib/debuggers/dap.ts'
import { listenDbgp } from '../lib/debuggers/dbgp.ts'
import type { ScriptedDebugger } from '../lib/debuggers/debugger.ts'
import { eventually } from '../lib/eventually.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

/** Longer than every default limit on waiting, of which that of readiness is the longest: 60 s. */
const pauseMs = 90_000

const program = (file: string) => [
  { from: join(import.meta.dirname, 'program', file), to: `/app/${file}` },
]

const topologyIn = ({ folder }: Sandbox) =>
  defineTopology({
    name: 'debug',
    root: folder,
    services: {
      // #region declare
      node: {
        image: 'node:24-trixie-slim',
        command: ['node', '/app/server.cjs'],
        files: program('server.cjs'),
        ports: { http: 3000 },
        ready: http('/'),
        env: { MOOD: 'calm' },
        debug: 'node',
      },
      // #endregion
      python: {
        image: 'mesocosm-test/debuggers:trixie',
        command: ['python3', '/app/server.py'],
        files: program('server.py'),
        ports: { http: 3000 },
        ready: http('/'),
        debug: 'python',
      },
      php: {
        image: 'mesocosm-test/debuggers:trixie',
        command: ['php', '-S', '0.0.0.0:3000', '-t', '/app', '/app/server.php'],
        files: program('server.php'),
        ports: { http: 3000 },
        ready: http('/'),
        debug: 'php',
      },
      plain: { image: 'node:24-trixie-slim', command: ['sleep', 'infinity'] },
    },
  })

type Open = Awaited<ReturnType<typeof lease<ReturnType<typeof topologyIn>>>>

const greeted = async ({ http: port }: Pick<Open['services']['node'], 'http'>) =>
  (await port.fetch('/greet?name=Ada')).text()

/** What the record says about debuggers of a lane, by service. */
const entriesOf = ({ folder, runs }: Sandbox, lane: string) => {
  const { events } = loadTrace(join(folder, '.mesocosm', 'runs', runs()[0] ?? ''))
  return (service: string) =>
    events.flatMap(({ k, l, s }) =>
      k.startsWith('debug.') && l === lane && s === service ? [k] : [],
    )
}

test('breakpoints in Node, Python and PHP stop a request of the test, and no limit passes meanwhile', async ({
  sandbox,
}) => {
  await using lane = await lease(topologyIn(sandbox), { services: ['node', 'python', 'php'] })
  const { node, python, php } = lane.services
  await using ide = await listenDbgp()
  const [nodeDebug, pythonDebug] = await Promise.all([
    node.debug(),
    python.debug(),
    php.debug({ port: ide.port }),
  ])
  await using cdp = await attachCdp(nodeDebug.port)
  await using dap = await attachDap('debugpy', pythonDebug.port)
  await cdp.breakAt('/app/server.cjs', 7)
  await dap.breakAt('/app/server.py', 8)
  await ide.breakAt('/app/server.php', 6)

  const answers = Promise.all([node, python, php].map((service) => greeted(service)))
  // All of these have limits that are shorter than the pause.
  const line = node.logs.waitFor('greets Ada')
  const script = 'while ! test -e /tmp/greeted; do sleep 0.2; done; cat /tmp/greeted'
  const ran = node.run(['sh', '-c', script])
  const waited = withTimeout('the answers', { timeoutMs: 5_000 }, () => answers)
  const started = lane.add('impatient', {
    image: 'node:24-trixie-slim',
    command: ['node', '/app/impatient.cjs'],
    files: program('impatient.cjs'),
    ports: { http: 3000 },
    env: { GREETING: 'http://node:3000/greet?name=Bob' },
  })
  const hits = await Promise.all([cdp.hit(), dap.hit(), ide.hit()])
  expect(hits).toEqual([
    { file: '/app/server.cjs', line: 7 },
    { file: '/app/server.py', line: 8 },
    { file: '/app/server.php', line: 6 },
  ])
  const ended = Promise.race([answers, line, ran, waited, started]).then(
    () => 'a wait has ended',
    (error: unknown) => `a wait has failed: ${String(error)}`,
  )
  const over = new Promise((resolve) => setTimeout(() => resolve('the pause is over'), pauseMs))
  expect(await Promise.race([ended, over])).toBe('the pause is over')

  const values: [ScriptedDebugger, string, string][] = [
    [cdp, 'greeting', 'hello Ada'],
    [dap, 'greeting', "'hello Ada'"],
    [ide, '$greeting', 'hello Ada'],
  ]
  for (const [one, expression, value] of values) {
    expect(await one.evaluate(expression)).toBe(value)
    await one.resume()
  }
  // The request of the service that starts.
  expect(await cdp.hit()).toMatchObject({ line: 7 })
  await cdp.resume()
  expect(await answers).toEqual(['hello Ada with calm', 'hello Ada', 'hello Ada'])
  expect(await waited).toHaveLength(3)
  expect((await line).text).toBe('greets Ada')
  expect((await ran).stdout).toContain('hello Ada')
  await started
  const entries = entriesOf(sandbox, lane.name)
  expect(entries('node').slice(0, 3)).toEqual(['debug.attach', 'debug.pause', 'debug.resume'])
  for (const service of ['python', 'php'])
    expect(entries(service)).toEqual(expect.arrayContaining(['debug.attach', 'debug.pause']))
})

test('the port of a debugger stays over a break, a restart, a change of the environment and a reset', async ({
  sandbox,
}) => {
  await using lane = await lease(topologyIn(sandbox), { services: ['node'] })
  const { node } = lane.services
  // #region debug
  const { port, attach } = await node.debug()
  // #endregion
  expect(attach.nodeInspect).toBe(`node inspect 127.0.0.1:${port}`)
  {
    await using _ = await attachCdp(port)
    await node.restart()
    await using again = await attachCdp(port)
    await again.breakAt('/app/server.cjs', 7)
    const answer = greeted(node)
    await again.hit()
    await again.resume()
    expect(await answer).toBe('hello Ada with calm')
    await node.withEnv({ MOOD: 'excited' }, async () => {
      await using third = await attachCdp(port)
      await third.breakAt('/app/server.cjs', 7)
      const changed = greeted(node)
      await third.hit()
      await third.resume()
      expect(await changed).toBe('hello Ada with excited')
    })
  }
  const breaking = node.debug({ break: true })
  {
    await using debug = await eventually(() => attachCdp(port))
    expect(await debug.hit()).toMatchObject({ file: '/app/server.cjs' })
    await debug.resume()
    await using broken = await breaking
    expect(broken.port).toBe(port)
    expect(await greeted(node)).toBe('hello Ada with calm')
  }
  expect(Object.keys(node.env)).not.toContain('NODE_OPTIONS')
  await lane.reset()
  expect((await node.debug()).port).toBe(port)
  await using last = await attachCdp(port)
  expect(await last.send('Runtime.evaluate', { expression: '6 * 7' })).toMatchObject({
    result: { value: 42 },
  })
})

test('PHP runs on where no IDE listens, and the run warns of it once', async ({ sandbox }) => {
  await using lane = await lease(topologyIn(sandbox), { services: ['php'] })
  const { php } = lane.services
  // Nothing listens there: it was the port of another IDE.
  const port = await (async () => {
    await using ide = await listenDbgp()
    return ide.port
  })()
  await using _ = await php.debug({ port })
  expect(await Promise.all([greeted(php), greeted(php)])).toEqual(['hello Ada', 'hello Ada'])
  const warnings = () => {
    const { events } = loadTrace(join(sandbox.folder, '.mesocosm', 'runs', sandbox.runs()[0] ?? ''))
    return events.flatMap((event) => (event.k === 'svc.warning' ? [event.message] : []))
  }
  await eventually(() => expect(warnings()).toEqual([expect.stringContaining(`:${port}`)]))
})

test('a service without `debug` cannot be debugged, and the error names those that can', async ({
  sandbox,
}) => {
  await using lane = await lease(topologyIn(sandbox), { services: ['plain'] })
  await expect(lane.services.plain.debug()).rejects.toMatchObject({
    code: 'DEBUGGER_UNAVAILABLE',
    remedy: expect.stringContaining('node, python, php'),
  })
})
