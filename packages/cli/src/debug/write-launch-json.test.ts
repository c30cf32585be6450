import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ParseError, parse } from 'jsonc-parser'
import { type LaunchConfiguration, serviceConfiguration } from 'mesocosm/operate'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runnersOf } from './runners-of.ts'
import { writeLaunchJson } from './write-launch-json.ts'

const scene: { folder: string } = { folder: '' }
beforeEach(() => {
  scene.folder = mkdtempSync(join(tmpdir(), 'mesocosm-launch-'))
})
afterEach(() => rmSync(scene.folder, { recursive: true }))

const file = () => join(scene.folder, '.vscode', 'launch.json')
const text = () => readFileSync(file(), 'utf8')
const give = (content: string) => {
  mkdirSync(join(scene.folder, '.vscode'), { recursive: true })
  writeFileSync(file(), content)
}
const api = (port = 9229): LaunchConfiguration => ({
  name: 'mesocosm: api',
  type: 'node',
  request: 'attach',
  port,
})
const worker: LaunchConfiguration = { ...api(9230), name: 'mesocosm: worker' }

test('a missing file is created', () => {
  expect(writeLaunchJson(scene.folder, [api(), worker])).toEqual({
    file: file(),
    written: true,
    names: ['mesocosm: api', 'mesocosm: worker'],
  })
  expect(JSON.parse(text())).toEqual({ version: '0.2.0', configurations: [api(), worker] })
})

const foreign = `{
    // Ours, by hand.
    "version": "0.2.0",
    "configurations": [
        {
            "name": "Server", /* do not touch */ "type": "node",
            "request": "launch", "args": ["a",   "b"],
        },
        // The second one.
        { "name": "mesocosm: api", "type": "node", "request": "attach", "port": 1 },
        { "name": "Client", "type": "chrome", "request": "launch" }, // last
    ],
    "compounds": [ { "name": "Both", "configurations": ["Server", "Client"] } ],
}
`

test('foreign entries, comments and formatting stay, and entries of the same name are replaced', () => {
  give(foreign)
  writeLaunchJson(scene.folder, [api(), worker])
  const lines = text().split('\n')
  const own = foreign.split('\n').filter((line) => !line.includes('mesocosm: api'))
  for (const line of own) expect(lines).toContain(line)
  const { configurations } = parse(text(), [], { allowTrailingComma: true }) as {
    configurations: { name: string; port?: number }[]
  }
  expect(configurations.map(({ name }) => name)).toEqual([
    'Server',
    'mesocosm: api',
    'Client',
    'mesocosm: worker',
  ])
  expect(configurations[1]).toEqual(api())
  expect(lines).toContain('            "name": "mesocosm: worker",')
})

test('a second run with the same configurations does not write', () => {
  give(foreign)
  writeLaunchJson(scene.folder, [api(), worker])
  const before = text()
  expect(writeLaunchJson(scene.folder, [api(), worker]).written).toBe(false)
  expect(writeLaunchJson(scene.folder, [api(5)]).written).toBe(true)
  expect(text()).toBe(before.replace('"port": 9229', '"port": 5'))
})

test.each([
  ['without configurations', '{ "version": "0.2.0" }'],
  ['with an empty array', '{\n\t"configurations": []\n}'],
  ['that is empty', ''],
  ['with Windows line ends', '{\r\n  "configurations": [\r\n  ]\r\n}\r\n'],
  ['with a byte order mark', '\uFEFF{ "configurations": [ ] }'],
  [
    'with a comment after the last entry',
    '{\n  "configurations": [\n    {} // last\n    // end\n  ]\n}',
  ],
  ['with only a comment', '{\n  "configurations": [\n    // none yet\n  ]\n}'],
  ['on one line', '{ "version": "0.2.0", "configurations": [{ "name": "a" }] }'],
  ['with an entry without a name', '{ "configurations": [ null, { "type": "node" } ] }'],
])('a file %s gets its configurations', (_, content) => {
  give(content)
  writeLaunchJson(scene.folder, [api(), worker])
  const errors: ParseError[] = []
  const { configurations } = parse(text().replace('\uFEFF', ''), errors) as {
    configurations: unknown[]
  }
  expect(errors).toEqual([])
  expect(configurations.slice(-2)).toEqual([api(), worker])
  expect(text().startsWith('\uFEFF')).toBe(content.startsWith('\uFEFF'))
  expect(/[^\r]\n/.test(text())).toBe(!content.includes('\r'))
  expect(/\n {2,}"/.test(text())).toBe(!content.includes('\t'))
})

test.each([
  ['is not JSON with comments: line 2', '{\n  "configurations": [ }'],
  ['is not an object', '[]'],
  ['has configurations that are not an array', '{ "configurations": {} }'],
])('a file that %s is EDITOR_FILE_INVALID, and stays', (fault, content) => {
  give(content)
  expect(() => writeLaunchJson(scene.folder, [api()])).toThrow(
    expect.objectContaining({ code: 'EDITOR_FILE_INVALID', summary: `${file()} ${fault}` }),
  )
  expect(text()).toBe(content)
})

test('a symbolic link stays one', () => {
  give('')
  const target = join(scene.folder, 'shared.json')
  rmSync(file())
  writeFileSync(target, '{}')
  symlinkSync(target, file())
  writeLaunchJson(scene.folder, [api()])
  expect(lstatSync(file()).isSymbolicLink()).toBe(true)
  expect(readFileSync(target, 'utf8')).toContain('mesocosm: api')
})

test('paths of services with characters of JSON and of Windows survive', () => {
  const sources = { local: '/home/a "b"/c\\d', remote: '/app' }
  const service = { service: 'x', kind: 'node', port: 1, sources } as const
  const configuration = serviceConfiguration(service, scene.folder)
  if (configuration === undefined) throw new Error('no configuration')
  writeLaunchJson(scene.folder, [configuration])
  expect(JSON.parse(text())).toMatchObject({ configurations: [{ localRoot: sources.local }] })
})

test('the runners of a project are those that its package.json depends on', () => {
  expect(runnersOf(scene.folder)).toEqual([])
  writeFileSync(
    join(scene.folder, 'package.json'),
    '{ "devDependencies": { "vitest": "5", "@mesocosm/node-test": "1" }, "dependencies": { "mochas": "1" } }',
  )
  expect(runnersOf(scene.folder)).toEqual(['vitest', 'node-test'])
})
