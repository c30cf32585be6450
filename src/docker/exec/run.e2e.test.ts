import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ExecRequest } from '../../model/exec.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { testImage } from '../test-image.ts'

/*
 * A program that is run through ours behaves as one that the engine runs itself; the expected values are those of
 * `docker exec`.
 */

let runtime: Runtime
let id: string

beforeAll(async () => {
  runtime = await createDockerRuntime()
  const name = `mesocosm-run-${process.pid}`
  const labels = { 'dev.mesocosm.run-test': name }
  const network = { kind: 'none' } as const
  id = await runtime.create({ name, labels, image: await testImage(), idle: true, network })
  await runtime.start(id)
})

afterAll(async () => {
  await runtime.remove('container', id)
  await runtime[Symbol.asyncDispose]()
})

const exec = (request: ExecRequest) => runtime.exec(id, request)

test.each<[string, string, number]>([
  ['its exit code', 'exit 7', 7],
  ['128 and the number of the signal that killed it', 'kill -9 $$', 137],
  ['0 while a process of its own goes on', 'sleep 1000.5 >/dev/null 2>&1 & exit 0', 0],
])('a program ends with %s', async (_, script, exitCode) => {
  expect(await exec({ argv: ['sh', '-c', script] })).toMatchObject({ exitCode, stderr: '' })
})

test('a program has a terminal when asked for, and its signals', async () => {
  const script = 'tty; trap "echo typed; exit 4" INT; kill -INT 0; sleep 10'
  const result = await exec({ argv: ['sh', '-c', script], tty: true })
  expect(result).toMatchObject({ exitCode: 4, stdout: '/dev/pts/0\r\ntyped\r\n' })
})

test('a program has the default handling of signals', async () => {
  const argv = ['grep', '-E', 'Sig(Ign|Blk)', '/proc/self/status']
  const { stdout } = await exec({ argv })
  expect(stdout).toBe('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n')
})

test('a program is found as in its environment and its working folder', async () => {
  const files = 'mkdir -p /own && cp /bin/echo /own/speak && printf "#!/bin/sh\\necho s" >/own/s'
  await exec({ argv: ['sh', '-c', `${files} && chmod +x /own/s`] })
  const ran = async (argv: string[], more: Partial<ExecRequest> = {}) =>
    (await exec({ argv, ...more })).stdout
  expect(await ran(['speak', 'x'], { env: { PATH: '/none:/own' } })).toBe('x\n')
  expect(await ran(['./speak', 'x'], { cwd: '/own' })).toBe('x\n')
  expect(await ran(['/own/s'])).toBe('s\n')
})

test.each([
  ['a folder', ['/tmp']],
  ['a file without execute permission', ['/etc/passwd']],
  ['a missing path', ['/no/such']],
])('%s is reported as EXEC_NOT_FOUND', async (_, argv) => {
  await expect(exec({ argv })).rejects.toMatchObject({ code: 'EXEC_NOT_FOUND', argv })
})

test('a program that ends before it has read its input has all of its output', async () => {
  const stdin = 'x'.repeat(1_000_000)
  const lines = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('')
  // An engine that loses the end does not do so every time.
  for (let time = 0; time < 10; time++) {
    const result = await exec({ argv: ['sh', '-c', 'seq 20000; exit 4'], stdin })
    expect(result.exitCode).toBe(4)
    expect(result.stdout === lines).toBe(true)
  }
})

test('a reader of stdin that ends early does not hang the caller', async () => {
  const result = await exec({ argv: ['head', '-c', '3'], stdin: 'x'.repeat(1_000_000) })
  expect(result).toMatchObject({ exitCode: 0, stdout: 'xxx' })
})
