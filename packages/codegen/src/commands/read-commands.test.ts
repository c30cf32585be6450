import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { probeFileOf, writeProbeFile } from '../probe/probe-file.ts'
import type { CommandProvider } from './provider.ts'
import { type ReadCommandsOptions, readCommands } from './read-commands.ts'

const fixtures = join(import.meta.dirname, '../../test/commands')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesocosm-commands-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const read = (options: Partial<ReadCommandsOptions> = {}) =>
  readCommands({
    service: 'api',
    folder,
    cli: undefined,
    probeFile: probeFileOf(folder, 'api'),
    ...options,
  })

// What the tools themselves said lies in `topology.probe`; the e2e test holds them to it.
test.for([
  ['symfony', { argv: ['php', 'bin/console'] }],
  ['django', { argv: ['python', 'manage.py'] }],
  ['click', { argv: ['python', 'shop_click.py'], kind: 'click' }],
  ['typer', { argv: ['python', 'shop_typer.py'], kind: 'typer' }],
  ['commander', { argv: ['node', 'commander.js'], kind: 'commander' }],
  ['yargs', { argv: ['node', 'yargs.js'], kind: 'yargs' }],
  ['cobra', { argv: ['dasel'], kind: 'cobra' }],
] as const)('what %s said is read as commands', async ([service, cli]) => {
  const probeFile = probeFileOf(fixtures, service)
  const { commands, warnings } = await read({ service, cli, probeFile, folder: undefined })
  expect(warnings).toEqual([])
  await expect(`${JSON.stringify(commands, undefined, 2)}\n`).toMatchFileSnapshot(
    join(fixtures, 'golden', `${service}.json`),
  )
})

test('a package offers its scripts and programs without a tool being declared', async () => {
  const { commands, warnings } = await read({ folder: join(fixtures, 'node') })
  expect(warnings).toEqual([])
  expect(commands.map(({ name }) => name)).toEqual(['bin:shop', 'bin:shop-sh', 'npm:greet'])
})

test('a kind that there is not is told by its name', async () => {
  const cli = { argv: ['x'], kind: 'cobrra' } as unknown as ReadCommandsOptions['cli']
  const { warnings } = await read({ cli })
  expect(warnings).toMatchObject([{ message: expect.stringContaining('is called "cobrra"') }])
})

test('a tool that was never asked is told, with what to do', async () => {
  expect(await read({ cli: ['php', 'bin/console'] })).toEqual({
    commands: [],
    warnings: [
      {
        service: 'api',
        file: 'topology.probe/api.json',
        message: 'api was not asked for its symfony commands yet; run `mesocosm gen --probe`.',
      },
    ],
  })
})

test('a tool of no known kind is told, with all kinds', async () => {
  const { commands, warnings } = await read({ cli: ['./tool.sh'] })
  expect(commands).toEqual([])
  expect(warnings).toMatchObject([
    {
      message: expect.stringContaining('`./tool.sh`'),
      suggestions: [
        ...['symfony', 'laravel', 'django', 'oclif', 'typer', 'click'],
        ...['commander', 'yargs', 'cobra'],
      ],
    },
  ])
})

test('an answer of a tool that is started in another way now still counts, and is told to be old', async () => {
  const probeFile = probeFileOf(fixtures, 'symfony')
  const { commands, warnings } = await read({ cli: ['php', '/app/bin/console'], probeFile })
  expect(commands).toHaveLength(2)
  expect(warnings).toMatchObject([{ message: expect.stringContaining('in another way now') }])
})

test('yargs that is only found by its looks is told to be named, because its order of arguments is its own', async () => {
  writeFileSync(join(folder, 'package.json'), '{ "dependencies": { "yargs": "*" } }')
  const probeFile = probeFileOf(fixtures, 'yargs')
  const { warnings } = await read({ cli: ['node', 'yargs.js'], probeFile })
  expect(warnings).toMatchObject([{ message: expect.stringContaining("kind: 'yargs'") }])
})

test('a provider from elsewhere is asked first', async () => {
  const thor: CommandProvider = {
    kind: 'thor',
    detect: ({ argv = [] }) => argv.includes('bin/console'),
    static: (files) =>
      files.has('package.json') ? [{ name: 'thor:go', args: [], options: [] }] : undefined,
  }
  const { commands } = await read({ cli: ['php', 'bin/console'], providers: [thor] })
  expect(commands.map(({ name }) => name)).toEqual(['thor:go'])
})

test('a probe file that is something else is an error', async () => {
  const probeFile = probeFileOf(join(folder, 'other'), 'api')
  await writeProbeFile(probeFile, {
    kind: 'symfony',
    argv: ['php'],
    answer: { b: 1, a: [{ d: 1, c: 2 }] },
  })
  writeFileSync(probeFile, '<<<<<<< HEAD')
  await expect(read({ cli: ['php', 'bin/console'], probeFile })).rejects.toMatchObject({
    code: 'TOPOLOGY_INVALID',
    facts: { file: probeFile },
  })
})
