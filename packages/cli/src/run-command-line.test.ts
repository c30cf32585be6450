import { expect, test } from 'vitest'
import { type Io, UsageError } from './command.ts'
import { runCommandLine } from './run-command-line.ts'

const world = () => {
  const written = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text
    },
  })
  const io: Io = {
    cwd: '/',
    env: {},
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: async () => undefined,
  }
  return { io, written }
}

test('no command is wrong usage, and shows what there is', async () => {
  const { io, written } = world()
  expect(await runCommandLine([], io)).toBe(2)
  expect(written.stderr).toContain('doctor')
  expect(written.stdout).toBe('')
})

test('a mistyped command is guessed', async () => {
  await expect(runCommandLine(['dwon'], world().io)).rejects.toThrow(/did you mean "down"/)
})

test('wrong usage of a command names its right one', async () => {
  const failure = runCommandLine(['exec', 'api'], world().io)
  await expect(failure).rejects.toThrow(UsageError)
  await expect(failure).rejects.toThrow(/usage: mesocosm exec <service>/)
})

test('words after -- are wrong usage where they mean nothing', async () => {
  await expect(runCommandLine(['gen', '--', 'x'], world().io)).rejects.toThrow(/after --/)
})

test('help and version are there under their usual names', async () => {
  const { io, written } = world()
  expect(await runCommandLine(['help', 'gen'], io)).toBe(0)
  expect(written.stdout).toMatch(/^mesocosm gen /)
  written.stdout = ''
  expect(await runCommandLine(['--version'], io)).toBe(0)
  expect(written.stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
})

test('every command explains itself', async () => {
  for (const name of [
    'up',
    'down',
    'ps',
    'plan',
    'logs',
    'exec',
    'env',
    'init',
    'gen',
    'gc',
    'doctor',
  ]) {
    const { io, written } = world()
    expect(await runCommandLine([name, '--help'], io)).toBe(0)
    expect(written.stdout).toMatch(new RegExp(`^mesocosm ${name} `))
  }
})
