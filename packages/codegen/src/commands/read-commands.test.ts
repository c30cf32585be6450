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

// The output of the tools is in `topology.probe`; the e2e test verifies it.
test.for([
  ['symfony', { argv: ['php', 'bin/console'] }],
  ['django', { argv: ['python', 'manage.py'] }],
  ['click', { argv: ['python', 'shop_click.py'], kind: 'click' }],
  ['typer', { argv: ['python', 'shop_typer.py'], kind: 'typer' }],
  ['commander', { argv: ['node', 'commander.js'], kind: 'commander' }],
  ['yargs', { argv: ['node', 'yargs.js'], kind: 'yargs' }],
  ['cobra', { argv: ['dasel'], kind: 'cobra' }],
] as const)('the probe file of %s is read as commands', async ([service, cli]) => {
  const probeFile = probeFileOf(fixtures, service)
  const { commands, warnings } = await read({ service, cli, probeFile, folder: undefined })
  expect(warnings).toEqual([])
  await expect(`${JSON.stringify(commands, undefined, 2)}\n`).toMatchFileSnapshot(
    join(fixtures, 'golden', `${service}.json`),
  )
})

test('npm scripts and programs are commands without a declared cli', async () => {
  const { commands, warnings } = await read({ folder: join(fixtures, 'node') })
  expect(warnings).toEqual([])
  expect(commands.map(({ name }) => name)).toEqual(['bin:shop', 'bin:shop-sh', 'npm:greet'])
})

test('an unknown kind of tool is a warning that names it', async () => {
  const cli = { argv: ['x'], kind: 'cobrra' } as unknown as ReadCommandsOptions['cli']
  const { warnings } = await read({ cli })
  expect(warnings).toMatchObject([
    { message: expect.stringContaining('"cobrra" is not a known kind') },
  ])
})

test('a tool that was not probed yet is a warning with the command to run', async () => {
  expect(await read({ cli: ['php', 'bin/console'] })).toEqual({
    commands: [],
    warnings: [
      {
        service: 'api',
        file: 'topology.probe/api.json',
        message: 'api was not probed for its symfony commands yet; run `mesocosm gen --probe`',
      },
    ],
  })
})

test('a tool whose framework is not detected is a warning that suggests all kinds', async () => {
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

test('an outdated probe file is still used, with a warning', async () => {
  const probeFile = probeFileOf(fixtures, 'symfony')
  const { commands, warnings } = await read({ cli: ['php', '/app/bin/console'], probeFile })
  expect(commands).toHaveLength(2)
  expect(warnings).toMatchObject([
    { message: expect.stringContaining('has changed since it was probed') },
  ])
})

test('a detected yargs tool is a warning to set its kind', async () => {
  writeFileSync(join(folder, 'package.json'), '{ "dependencies": { "yargs": "*" } }')
  const probeFile = probeFileOf(fixtures, 'yargs')
  const { warnings } = await read({ cli: ['node', 'yargs.js'], probeFile })
  expect(warnings).toMatchObject([{ message: expect.stringContaining("kind: 'yargs'") }])
})

test('a custom provider is tried before the built-in ones', async () => {
  const thor: CommandProvider = {
    kind: 'thor',
    detect: ({ argv = [] }) => argv.includes('bin/console'),
    static: (files) =>
      files.has('package.json') ? [{ name: 'thor:go', args: [], options: [] }] : undefined,
  }
  const { commands } = await read({ cli: ['php', 'bin/console'], providers: [thor] })
  expect(commands.map(({ name }) => name)).toEqual(['thor:go'])
})

test('an invalid probe file rejects with TOPOLOGY_INVALID', async () => {
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
