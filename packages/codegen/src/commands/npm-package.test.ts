import { expect, test } from 'vitest'
import { dependsOn, readPackage } from './npm-package.ts'

const files = (manifest: object | string) => {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
  return {
    has: (path: string) => path === 'package.json',
    text: (path: string) => (path === 'package.json' ? text : undefined),
  }
}

const namesOf = (manifest: object | string) => readPackage(files(manifest)).map(({ name }) => name)

test('npm scripts are commands, except lifecycle scripts', () => {
  const scripts = {
    ...{
      start: 'x',
      test: 'x',
      'db:migrate': 'x',
      premium: 'x',
      prestart: 'x',
      'postdb:migrate': 'x',
    },
    ...{ prepare: 'x', postinstall: 'x', prepublishOnly: 'x', prepack: 'x', version: 'x' },
  }
  expect(namesOf({ scripts })).toEqual(['npm:start', 'npm:test', 'npm:db:migrate', 'npm:premium'])
})

test('the command line of an npm script is not copied', () => {
  const [command] = readPackage(files({ scripts: { seed: 'TOKEN=s3cret node seed.js' } }))
  expect(command).toEqual({
    name: 'npm:seed',
    doc: 'npm run seed',
    args: [{ name: 'args', required: false, variadic: true, type: { kind: 'string' } }],
    options: [],
  })
})

test('the programs of a package are named after the package or by their keys in bin', () => {
  expect(namesOf({ name: '@acme/shop', bin: './cli.js' })).toEqual(['bin:shop'])
  expect(namesOf({ name: 'shop', bin: { a: './a.js', b: './b.js' } })).toEqual(['bin:a', 'bin:b'])
})

test('a missing or invalid package.json has no commands', () => {
  expect(readPackage({ has: () => false, text: () => undefined })).toEqual([])
  expect(namesOf('{ "scripts": ')).toEqual([])
  expect(namesOf({ scripts: null, bin: 3 })).toEqual([])
})

test('dependsOn checks dependencies and devDependencies', () => {
  const manifest = files({ dependencies: { yargs: '1' }, devDependencies: { commander: '1' } })
  expect(['yargs', 'commander', 'toString'].map((name) => dependsOn(manifest, name))).toEqual([
    true,
    true,
    false,
  ])
})
