import { expect, test } from 'vitest'
import { toolArgv } from './tool-argv.ts'

const symfony = { argv: ['php', 'bin/console'], kind: 'symfony' } as const
const argvOf = (
  command: string,
  args: readonly unknown[],
  cli: Parameters<typeof toolArgv>[2] = symfony,
) => {
  const found = toolArgv(command, args, cli)
  return found === undefined || 'faults' in found ? found : found.argv.join(' ')
}

test('options come before positionals, which a value that begins with a dash cannot leave', () => {
  expect(argvOf('app:create', ['-a@b.co', { role: 'root', force: true }])).toBe(
    'php bin/console app:create --role=root --force -- -a@b.co',
  )
  expect(argvOf('app:list', [])).toBe('php bin/console app:list')
  expect(argvOf('app:list', [{ limit: 3 }])).toBe('php bin/console app:list --limit=3')
})

test('arrays are expanded, as positionals and as options', () => {
  expect(argvOf('tag', ['a', ['x', 'y'], { group: ['g', 1], empty: [] }])).toBe(
    'php bin/console tag --group=g --group=1 -- a x y',
  )
})

test('false and missing values are left out, other values are strings', () => {
  expect(argvOf('x', [1, 2n, { a: false, b: undefined, c: 0, 'no-d': true, e: '' }])).toBe(
    'php bin/console x --c=0 --no-d --e= -- 1 2',
  )
  expect(argvOf('x', ['a', undefined, { b: true }])).toBe('php bin/console x --b -- a')
})

test('an option that starts with a dash is passed unchanged', () => {
  const found = toolArgv('x', [{ '-n': 5, '-q': true, '-e': '', '-old': 'v' }], symfony)
  expect(found).toEqual({ argv: ['php', 'bin/console', 'x', '-n5', '-q', '-e', '', '-old=v'] })
})

test('an array under a name with dashes is one option with several values', () => {
  expect(argvOf('x', ['p', { '--tag': ['a', 1], '--none': [], '--one': 'v' }])).toBe(
    'php bin/console x --tag a 1 --one=v -- p',
  )
})

test('a command of a group is several words', () => {
  expect(argvOf('db migrate', ['now'])).toBe('php bin/console db migrate -- now')
})

test('yargs gets positionals first: it binds nothing behind a double dash', () => {
  const yargs = { argv: ['node', 'cli.js'], kind: 'yargs' } as const
  expect(argvOf('seed', ['a', { rows: 3 }], yargs)).toBe('node cli.js seed a --rows=3')
  expect(argvOf('seed', ['-a', { rows: 3 }], yargs)).toBe('node cli.js seed --rows=3 -- -a')
})

test('scripts and programs of the package need no tool', () => {
  expect(toolArgv('npm:db:migrate', ['--force', 'now'], undefined)).toEqual({
    argv: ['npm', 'run', '--silent', 'db:migrate', '--', '--force', 'now'],
  })
  expect(toolArgv('bin:shop', ['seed', { rows: 3 }], undefined)).toEqual({
    argv: ['node', '-e', expect.any(String), '--', 'shop', 'seed', '--rows=3'],
  })
})

test('anything else is unknown without a tool', () => {
  expect(toolArgv('seed', [], undefined)).toBeUndefined()
})

test('every invalid argument is reported', () => {
  expect(argvOf('x', ['a', undefined, null, { a: {}, b: [[1]] }])).toEqual({
    faults: [
      'argument 2: expected a string or a number, got undefined',
      'argument 3: expected a string or a number, got null',
      'option a: expected a string or a number, got an object',
      'option b: expected a string or a number, got an array',
    ],
  })
  expect(argvOf('x', [new Date(0)])).toEqual({
    faults: ['argument 1: expected a string or a number, got a Date'],
  })
})
