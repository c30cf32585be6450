import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { defineTopology, http, lease } from 'mesocosm'
import { onTestFinished, vi } from 'vitest'
import { attachCdp } from '../lib/debuggers/cdp.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const folder = join(import.meta.dirname, 'program')

const topologyIn = (sandbox: Sandbox) =>
  defineTopology({
    name: 'attach',
    root: sandbox.folder,
    services: {
      api: {
        image: 'node:24-trixie-slim',
        // The first process is a shell, which SIGUSR1 would end.
        command: ['sh', '-c', 'node /app/server.cjs; exit 3'],
        files: [{ from: join(folder, 'server.cjs'), to: '/app/server.cjs' }],
        ports: { http: 3000 },
        ready: http('/'),
        debug: 'node',
        local: { command: ['node', 'server.cjs'], cwd: folder },
      },
      plain: { image: 'node:24-trixie-slim', command: ['sleep', 'infinity'] },
    },
  })

/** Sets a variable of this process until the test ends. */
const setVariable = (name: string, value: string) => {
  vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
}

/** What is printed to stderr from now on. */
const printed = () => {
  const texts: string[] = []
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    texts.push(String(text))
    return true
  })
  onTestFinished(() => spy.mockRestore())
  return () => texts.join('')
}

const mesocosm = (sandbox: Sandbox, ...args: string[]) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const bin = join(import.meta.dirname, '../../packages/cli/bin/mesocosm.js')
    const { MESOCOSM_RUN: _, VITEST_POOL_ID: __, FORCE_COLOR: ___, ...env } = process.env
    const options = { cwd: sandbox.folder, env }
    execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    )
  })

test('MESOCOSM_DEBUG leads debuggers to services, and prints once how', async ({ sandbox }) => {
  setVariable('MESOCOSM_DEBUG', 'api, other/worker')
  const text = printed()
  const port = await (async () => {
    await using lane = await lease(topologyIn(sandbox), { key: 'one' })
    const found = Number(/api of \S+ can be debugged at 127\.0\.0\.1:(\d+)/.exec(text())?.[1])
    await using debug = await attachCdp(found)
    await debug.breakAt('/app/server.cjs', 7)
    const answer = lane.services.api.http.fetch('/greet?name=Eve')
    await debug.hit()
    expect(await debug.evaluate('name')).toBe('Eve')
    await debug.resume()
    expect((await answer).status).toBe(200)
    return found
  })()
  await using _again = await lease(topologyIn(sandbox), { key: 'one' })
  await using _debug = await attachCdp(port)
  expect(text().match(/can be debugged/g)).toHaveLength(1)
})

test('MESOCOSM_DEBUG with names that cannot be debugged is an error with all of them', async ({
  sandbox,
}) => {
  setVariable('MESOCOSM_DEBUG', 'plain,apj')
  await expect(lease(topologyIn(sandbox))).rejects.toMatchObject({
    code: 'DEBUGGER_UNAVAILABLE',
    details: ['plain has no `debug` in the topology', 'unknown service "apj"; did you mean "api"?'],
    remedy: expect.stringContaining('use one of api'),
  })
})

test('`node inspect` attaches by the printed line, while a test holds the lane', async ({
  sandbox,
}) => {
  await using _lane = await lease(topologyIn(sandbox), { services: ['api'] })
  const { code, stdout, stderr } = await mesocosm(sandbox, 'debug', 'api', '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [service] = (JSON.parse(stdout) as { services: { attach: { nodeInspect: string } }[] })
    .services
  const [program, ...args] = service?.attach.nodeInspect.split(' ') ?? []
  expect(program).toBe('node')
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => {
    output += String(bytes)
  })
  await expect.poll(() => output, { timeout: 60_000 }).toContain('debug>')
  child.stdin.write('exec process.argv[1]\n')
  await expect.poll(() => output, { timeout: 60_000 }).toContain('/app/server.cjs')
  child.stdin.write('.exit\n')
  await once(child, 'exit')
  const off = await mesocosm(sandbox, 'debug', 'api', '--off')
  expect(off).toMatchObject({ code: 0, stdout: 'api of lane_1 is not debugged\n' })
})

test('a service that runs as a process of this machine is debugged at the same port', async ({
  sandbox,
}) => {
  await using lane = await lease(topologyIn(sandbox), { services: ['api'] })
  const { api } = lane.services
  await using debugged = await api.debug()
  await using _swapped = await api.swap()
  await using debug = await attachCdp(debugged.port)
  await debug.breakAt(join(folder, 'server.cjs'), 7)
  const answer = api.http.fetch('/greet?name=Eve')
  expect(await debug.hit()).toMatchObject({ file: join(folder, 'server.cjs') })
  await debug.resume()
  expect(await (await answer).text()).toBe('hello Eve with no mood')
})
