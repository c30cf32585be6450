import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ExecResult } from '../model/exec.ts'
import { defineCommand } from './command.ts'
import { decodeOutput, encodeArgv, runCommand } from './run-command.ts'

const createAdmin = defineCommand({
  args: z.object({ email: z.email(), role: z.enum(['admin', 'root']).default('admin') }),
  output: z.object({ id: z.string() }),
  argv: (a) => ['create', a.email, a.role],
})
const printed = (stdout: string, exitCode = 0): ExecResult => ({
  exitCode,
  stdout,
  stderr: exitCode === 0 ? '' : 'boom\n',
  durationMs: 1,
})

test('a command without schemas makes argv from its parameters', async () => {
  expect(await encodeArgv((n: number, s: string) => ['seed', String(n), s], [3, 'a'])).toEqual([
    'seed',
    '3',
    'a',
  ])
})

test('the argument of a command with schemas is parsed, with defaults', async () => {
  expect(await encodeArgv(createAdmin, [{ email: 'a@b.co' }])).toEqual([
    'create',
    'a@b.co',
    'admin',
  ])
})

test('all faults of an argument are reported at once', async () => {
  await expect(encodeArgv(createAdmin, [{ email: 'no', role: 'king' }])).rejects.toMatchObject({
    code: 'EXEC_ARGS_INVALID',
    details: [expect.stringMatching(/^email: /), expect.stringMatching(/^role: /)],
  })
})

test('a call without an argument passes undefined if the schema takes it, else the empty object', async () => {
  const list = defineCommand({
    args: z.object({ all: z.boolean().default(true) }),
    argv: (a) => ['ls', String(a.all)],
  })
  const maybe = defineCommand({ args: z.string().optional(), argv: (a) => ['say', a ?? 'nothing'] })
  const clean = defineCommand({ argv: () => ['clean'] })
  expect(await encodeArgv(list, [])).toEqual(['ls', 'true'])
  expect(await encodeArgv(maybe, [])).toEqual(['say', 'nothing'])
  expect(await encodeArgv(clean, [])).toEqual(['clean'])
  await expect(encodeArgv(createAdmin, [])).rejects.toMatchObject({
    details: [expect.stringMatching(/^email: /)],
  })
})

test('argv that is not an array of strings is refused before anything runs', async () => {
  const wrong = (() => ['node', 3]) as unknown as () => string[]
  await expect(encodeArgv(wrong, [])).rejects.toMatchObject({
    code: 'EXEC_ARGS_INVALID',
    details: ['argv[1]: expected a string, got a number'],
  })
  await expect(encodeArgv(() => [], [])).rejects.toMatchObject({ code: 'EXEC_ARGS_INVALID' })
})

test('stdout is parsed as JSON and by the output schema', async () => {
  expect(await decodeOutput(createAdmin, printed('{ "id": "7" }\n'))).toEqual({ id: '7' })
})

test('an output schema of strings gets the trimmed stdout, even if that is JSON', async () => {
  const id = defineCommand({ output: z.string().min(1), argv: () => ['id'] })
  expect(await decodeOutput(id, printed('abc def\n'))).toBe('abc def')
  expect(await decodeOutput(id, printed('42\n'))).toBe('42')
  const count = defineCommand({ output: z.number(), argv: () => ['count'] })
  expect(await decodeOutput(count, printed('42\n'))).toBe(42)
})

test('a command without an output schema resolves to the result', async () => {
  const clean = defineCommand({ argv: () => ['clean'] })
  expect(await decodeOutput(clean, printed('x'))).toEqual(printed('x'))
})

test('output that does not match the schema is reported with faults, argv and stdout', async () => {
  await expect(decodeOutput(createAdmin, printed('{ "id": 7 }'), ['create'])).rejects.toMatchObject(
    {
      name: 'ExecError',
      code: 'EXEC_OUTPUT_INVALID',
      argv: ['create'],
      exitCode: 0,
      stdout: '{ "id": 7 }',
      details: [expect.stringMatching(/^id: /), 'argv: ["create"]', 'stdout: { "id": 7 }'],
    },
  )
  await expect(decodeOutput(createAdmin, printed('oops'))).rejects.toMatchObject({
    details: expect.arrayContaining([expect.stringMatching(/^stdout is not JSON: /)]),
  })
})

test('a command with schemas fails with stderr on an exit code other than 0', async () => {
  const run = async () => printed('', 3)
  const origin = { service: 'api', command: 'createAdmin' }
  await expect(runCommand(origin, createAdmin, [{ email: 'a@b.co' }], run)).rejects.toMatchObject({
    code: 'EXEC_FAILED',
    exitCode: 3,
    message: expect.stringMatching(/createAdmin of api exited with code 3[\s\S]*stderr: boom/),
    facts: { service: 'api', command: 'createAdmin' },
  })
})

test('asynchronous schemas work, too', async () => {
  const slow = defineCommand({
    args: z.object({ name: z.string().refine(async (name) => name !== 'taken') }),
    argv: (a) => ['add', a.name],
  })
  expect(await encodeArgv(slow, [{ name: 'free' }])).toEqual(['add', 'free'])
  await expect(encodeArgv(slow, [{ name: 'taken' }])).rejects.toMatchObject({
    code: 'EXEC_ARGS_INVALID',
  })
})

test('a command without schemas throws for an exit code other than 0, unless that is expected', async () => {
  const seed = (rows: number) => ['seed', String(rows)]
  const origin = { service: 'api', command: 'seed' }
  const run = async () => printed('3 rows\n', 2)
  await expect(runCommand(origin, seed, [3], run)).rejects.toMatchObject({
    name: 'ExecError',
    code: 'EXEC_FAILED',
    message: expect.stringContaining('command seed of api exited with code 2'),
    remedy: expect.stringContaining('{ reject: false }'),
    exitCode: 2,
    argv: ['seed', '3'],
    stderr: 'boom\n',
    details: ['argv: ["seed","3"]', 'stdout: 3 rows', 'stderr: boom'],
  })
  expect(await runCommand(origin, seed, [3], run, { reject: false })).toEqual(
    printed('3 rows\n', 2),
  )
  const args = [{ email: 'a@b.co' }]
  expect(await runCommand(origin, createAdmin, args, run, { reject: false })).toMatchObject({
    exitCode: 2,
  })
})
