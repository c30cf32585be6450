import { expect, test } from 'vitest'
import { type Command, commonOptions, type Io, UsageError } from './command.ts'
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
    agent: false,
  }
  return { io, written }
}

test('no command is wrong usage, and lists the commands on stderr', async () => {
  const { io, written } = world()
  expect(await runCommandLine([], io)).toBe(2)
  expect(written.stderr).toContain('doctor')
  expect(written.stdout).toBe('')
})

test('an unknown command suggests a similar name', async () => {
  await expect(runCommandLine(['dwon'], world().io)).rejects.toThrow(
    /^unknown command "dwon"; did you mean "down"\?\n/,
  )
})

test('wrong usage of a command prints its usage', async () => {
  const failure = runCommandLine(['exec', 'api'], world().io)
  await expect(failure).rejects.toThrow(UsageError)
  await expect(failure).rejects.toThrow(/usage: mesocosm exec <service>/)
})

test('arguments after -- are wrong usage for a command that takes none', async () => {
  await expect(runCommandLine(['gen', '--', 'x'], world().io)).rejects.toThrow(
    /^unexpected arguments after --\n/,
  )
})

test('help <command> prints the help of the command, and --version prints the version', async () => {
  const { io, written } = world()
  expect(await runCommandLine(['help', 'gen'], io)).toBe(0)
  expect(written.stdout).toMatch(/^Usage: mesocosm gen /)
  written.stdout = ''
  expect(await runCommandLine(['--version'], io)).toBe(0)
  expect(written.stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
})

const names =
  'init up down ps lanes plan logs exec env graph trace agents gen images gc doctor'.split(' ')

test.for(names)('%s --help prints its usage', async (name) => {
  const { io, written } = world()
  expect(await runCommandLine([name, '--help'], io)).toBe(0)
  expect(written.stdout).toMatch(new RegExp(`^Usage: mesocosm ${name} `))
})

test.for(names)('%s --help describes every option, and no other', async (name) => {
  const { command }: { command: Command } = await import(`./commands/${name}.ts`)
  const { io, written } = world()
  await runCommandLine([name, '--help'], io)
  const described = [...written.stdout.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)].map(([, it]) => it)
  const options = Object.keys({ ...command.options, ...commonOptions })
  expect(described.toSorted()).toEqual(options.toSorted())
})
