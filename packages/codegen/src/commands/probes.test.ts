import { ExecError, type ExecResult } from 'mesocosm'
import { expect, test } from 'vitest'
import { cobra } from './cobra.ts'
import { laravel, symfony } from './symfony.ts'
import { yargs } from './yargs.ts'

const printed = (stdout: string, more: Partial<ExecResult> = {}): ExecResult => ({
  exitCode: 0,
  stdout,
  stderr: '',
  durationMs: 1,
  ...more,
})

const option = (name: string, more: object = {}) => ({
  ...{ name, accept_value: false, is_value_required: false, is_multiple: false },
  ...{ description: '', default: 's3cret', ...more },
})

const listed = {
  application: { name: 'shop', version: '7.1.2' },
  commands: [
    {
      name: 'help',
      hidden: false,
      definition: {
        arguments: [],
        options: { format: option('--format'), quiet: option('--quiet'), trace: option('--trace') },
      },
    },
    {
      name: 'b',
      description: 'Says <info>this</info> if a < b',
      usage: ['b /srv/app'],
      help: 'in /srv/app',
      hidden: false,
      // PHP prints an empty map as an empty array.
      definition: { arguments: [], options: [] },
    },
    {
      name: 'a',
      description: '',
      hidden: false,
      definition: {
        arguments: { x: { name: 'x', is_required: true, is_array: false, description: 'An x' } },
        options: {
          format: option('--format', { accept_value: true, is_value_required: true }),
          quiet: option('--quiet'),
          trace: option('--trace'),
          env: option('--env', { accept_value: true }),
        },
      },
    },
    { name: '_complete', hidden: true, definition: { arguments: [], options: [] } },
  ],
}

test('the Symfony probe drops versions, paths, defaults and shared options', async () => {
  const calls: unknown[] = []
  const answer = await symfony.probe?.ask(
    async (argv) => {
      calls.push(argv)
      return printed(`PHP Deprecated: in /srv/app\n{ not json\n${JSON.stringify(listed)}`)
    },
    ['bin/console'],
  )
  expect(calls).toEqual([['bin/console', 'list', '--format=json', '--no-interaction']])
  expect(JSON.stringify(answer)).not.toMatch(/srv|7\.1\.2|s3cret|--quiet|--trace|--env/)
  expect(symfony.probe?.read(answer ?? null)).toEqual([
    {
      name: 'a',
      args: [{ name: 'x', required: true, variadic: false, type: { kind: 'string' }, doc: 'An x' }],
      options: [{ name: 'format', value: { kind: 'string' }, multiple: false, required: false }],
    },
    { name: 'b', doc: 'Says this if a < b', args: [], options: [] },
  ])
})

test('the Laravel probe rejects with the output of a tool that fails or prints no JSON', async () => {
  const ask = (result: ExecResult) => laravel.probe?.ask(async () => result, ['php', 'artisan'])
  const failed = await ask(printed('', { exitCode: 255, stderr: 'no database' }))?.catch((e) => e)
  expect(failed).toBeInstanceOf(ExecError)
  expect(failed).toMatchObject({ code: 'EXEC_FAILED', details: ['stderr: no database'] })
  await expect(ask(printed('hello'))).rejects.toMatchObject({ code: 'EXEC_OUTPUT_INVALID' })
})

test('the cobra probe descends through command groups to the commands', async () => {
  const answers: Readonly<Record<string, string>> = {
    '': 'db\tThe database\nhelp\tHelp\nrun\tRuns\n:4\n',
    'db ': 'migrate\tMigrates\n:4\n',
    'db migrate ': '_activeHelp_ say where\nup\n:0\n',
    'run ': ':0\n',
    'db --': '--x\tx\n:4\n',
    'db migrate --': '--to\tWhere\n--help\thelp\n:4\n',
    'run --': '--all=\tAll\n:6\n',
  }
  const answer = await cobra.probe?.ask(
    async ([, , ...words]) => printed(answers[words.join(' ')] ?? ':0\n'),
    ['tool'],
  )
  expect(answer).toEqual({
    commands: [
      { name: 'db migrate', help: 'Migrates', flags: [{ name: '--to', help: 'Where' }] },
      { name: 'run', help: 'Runs', flags: [{ name: '--all', help: 'All' }] },
    ],
  })
  await expect(cobra.probe?.ask(async () => printed('usage'), ['tool'])).rejects.toMatchObject({
    code: 'EXEC_OUTPUT_INVALID',
  })
})

test('the yargs probe reads command names with colons', async () => {
  const answer = await yargs.probe?.ask(
    async (argv) =>
      printed(
        argv.at(-1) === '--'
          ? '--to:Where: there\n--help:Show help\n'
          : argv.at(-2) === 'tool'
            ? 'db\\:go:Goes\n$0:x\n'
            : '',
      ),
    ['tool'],
  )
  expect(yargs.probe?.read(answer ?? null)[0]).toMatchObject({
    name: 'db:go',
    doc: 'Goes',
    options: [{ name: 'to', doc: 'Where: there' }],
  })
})
