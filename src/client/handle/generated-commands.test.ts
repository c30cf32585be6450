import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { CliDefinition } from '../../model/cli.ts'
import { withGenerated } from './generated-commands.ts'

type Exec = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>

const seed = async () => 'declared'

const newExec = (cli?: CliDefinition) => {
  const ran: (readonly string[])[] = []
  const run = async (
    _: string,
    args: readonly unknown[],
    argvOf: (args: readonly unknown[]) => readonly string[],
  ) => {
    ran.push(argvOf(args))
    return { exitCode: 3, stdout: 'out', stderr: '', durationMs: 1 }
  }
  return { exec: withGenerated({ seed }, { service: 'api', cli, run }) as Exec, ran }
}

test('a declared command wins; any other name is a command of the tool', async () => {
  const { exec, ran } = newExec({ argv: ['bin/console'] })
  expect(await exec.seed?.()).toBe('declared')
  expect(await exec['app:go']?.('a', { fast: true })).toMatchObject({ exitCode: 3, stdout: 'out' })
  expect(ran).toEqual([['bin/console', 'app:go', '--fast', '--', 'a']])
})

test('an unknown command lists the declared ones when no tool is declared', async () => {
  const { exec, ran } = newExec()
  await expect(exec.sead?.()).rejects.toMatchObject({
    code: 'EXEC_NOT_FOUND',
    message: expect.stringMatching(/api has no command "sead"; did you mean "seed"/),
    remedy: expect.stringContaining('cli:'),
  })
  await exec['npm:x']?.()
  expect(ran).toEqual([['npm', 'run', '--silent', 'x', '--']])
})

test('invalid arguments are refused before anything runs', async () => {
  const { exec, ran } = newExec({ argv: ['tool'] })
  await expect(exec.go?.(null)).rejects.toMatchObject({
    code: 'EXEC_ARGS_INVALID',
    details: ['argument 1: expected a string or a number, got null'],
  })
  expect(ran).toEqual([])
})

test('awaiting, printing, listing and comparing see only the declared commands', async () => {
  const { exec, ran } = newExec({ argv: ['tool'] })
  expect(await exec).toBe(exec)
  expect(Object.keys(exec)).toEqual(['seed'])
  expect('other' in exec).toBe(false)
  expect(inspect(exec)).toBe('{ seed: [AsyncFunction: seed] }')
  expect(JSON.stringify(exec)).toBe('{}')
  expect(exec).toEqual({ seed })
  expect(exec).not.toEqual({ seed, other: seed })
  expect(String(exec)).toBe('[object Object]')
  expect({ ...exec }).toEqual({ seed })
  expect(() => expect(exec).toEqual({ nothing: 1 })).toThrow(/nothing/)
  expect(ran).toEqual([])
})
