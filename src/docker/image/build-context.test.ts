import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBuildContexts } from './build-context.ts'

const readBuildContext = createBuildContexts()

let context: string

beforeEach(async () => {
  context = join(await mkdtemp(join(tmpdir(), 'mesocosm-context-')), 'app')
  await mkdir(context)
})
afterEach(() => rm(dirname(context), { recursive: true }))

const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(context, name)), { recursive: true })
    await writeFile(join(context, name), text)
  }
}

const names = async (more = {}) =>
  (await readBuildContext({ context, ...more })).send(false).entries.map(({ name }) => name)

const hash = async (more = {}) => (await readBuildContext({ context, ...more })).hash

test('readBuildContext leaves out ignored files, but not what the engine reads', async () => {
  await write({
    Dockerfile: 'FROM x',
    '.dockerignore': '# comment\nnode_modules\n**/*.log\n!keep.log\nDockerfile\n',
    'node_modules/a/index.js': '',
    'src/a.js': '',
    'src/deep/b.log': '',
    'keep.log': '',
  })
  expect(await names()).toEqual([
    '.dockerignore',
    'keep.log',
    'src',
    'src/a.js',
    'src/deep',
    'Dockerfile',
  ])
})

test.each([
  ['.dockerignore', '*\n!a.js\n', '*\n!a.js\n'],
  ['Dockerfile.dockerignore', 'Dockerfile*\n', 'Dockerfile\n.dockerignore\n'],
])(
  'an ignored Dockerfile is sent with a .dockerignore that names it: %s',
  async (file, text, sent) => {
    await write({ Dockerfile: 'FROM x', [file]: text, 'a.js': 'a' })
    const { entries } = (await readBuildContext({ context })).send(false)
    expect(entries.map(({ name }) => name).sort()).toEqual(['.dockerignore', 'Dockerfile', 'a.js'])
    expect(entries.find(({ name }) => name === '.dockerignore')?.content).toEqual({
      kind: 'bytes',
      bytes: Buffer.from(sent),
    })
  },
)

test('a Dockerfile that is not part of the image is sent next to a folder with the files', async () => {
  const dockerfileInline = 'FROM x\nCOPY a.js /\n'
  const sent = async (more = {}) => (await readBuildContext({ context, ...more })).send(true)
  const expected = [
    { name: 'Dockerfile', bytes: 'FROM x\nCOPY mesocosm-context/a.js /\n' },
    { name: 'mesocosm-context', bytes: undefined },
    { name: 'mesocosm-context/a.js', bytes: undefined },
  ]
  const shown = async (more: object) =>
    (await sent(more)).entries
      .filter(({ name }) => !name.endsWith('/Other') && !name.includes('.dockerignore'))
      .map(({ name, content }) => ({
        name,
        bytes: content.kind === 'bytes' ? content.bytes.toString() : undefined,
      }))
  await write({ 'a.js': '', '../Outside': dockerfileInline })
  expect(await shown({ dockerfileInline })).toEqual(expected)
  expect(await shown({ dockerfile: '../Outside' })).toEqual(expected)
  expect(await shown({ dockerfile: join(context, '../Outside') })).toEqual(expected)
  await write({ Other: dockerfileInline })
  expect((await sent({ dockerfile: join(context, 'Other') })).dockerfile).toBe('Other')
  await write({ '.dockerignore': 'Other' })
  expect(await shown({ dockerfile: 'Other' })).toEqual(expected)
  await write({ '../Outside.dockerignore': 'a.js' })
  expect(await shown({ dockerfile: '../Outside' })).toEqual(expected.slice(0, 2))
})

test('the record of runs is never part of the context', async () => {
  await write({ Dockerfile: 'FROM x', 'app/.mesocosm/runs/1/run.json': '{}', 'app/a.js': '' })
  expect(await names()).toEqual(['Dockerfile', 'app', 'app/a.js'])
})

test('concurrent reads of one folder share the work', async () => {
  await write({ Dockerfile: 'FROM x', 'a.js': '' })
  const [one, other, later] = await Promise.all([
    readBuildContext({ context }),
    readBuildContext({ context, target: 'test' }),
    readBuildContext({ context }).then(() => readBuildContext({ context })),
  ])
  expect(other.send).toBe(one.send)
  expect(other.hash).not.toBe(one.hash)
  expect(later.send).not.toBe(one.send)
})

test('readBuildContext prefers the .dockerignore of the Dockerfile', async () => {
  await write({
    'docker/api.Dockerfile': 'FROM x',
    'docker/api.Dockerfile.dockerignore': '*.md',
    '.dockerignore': '*.js',
    'a.js': '',
    'a.md': '',
  })
  expect(await names({ dockerfile: 'docker/api.Dockerfile' })).toContain('a.js')
  expect(await names({ dockerfile: 'docker/api.Dockerfile' })).not.toContain('a.md')
})

test('the hash does not depend on file times', async () => {
  await write({ Dockerfile: 'FROM x', 'a.js': 'one' })
  const before = await hash()
  await utimes(join(context, 'a.js'), 1, 1)
  expect(await hash()).toBe(before)
})

test('the hash depends on everything that decides about the image', async () => {
  await write({ Dockerfile: 'FROM x', 'a.js': 'one', Other: 'FROM x', '.dockerignore': 'ignored' })
  await symlink('a.js', join(context, 'link'))
  const seen = [
    await hash(),
    await hash({ target: 'test' }),
    await hash({ args: { A: '1' } }),
    await hash({ args: { A: '2' } }),
    await hash({ dockerfile: 'Other' }),
  ]
  await write({ 'a.js': 'two' })
  seen.push(await hash())
  await chmod(join(context, 'a.js'), 0o755)
  seen.push(await hash())
  await write({ 'b.js': '' })
  seen.push(await hash())
  await rm(join(context, 'link'))
  await symlink('b.js', join(context, 'link'))
  seen.push(await hash())
  expect(new Set(seen).size).toBe(seen.length)
  await write({ ignored: 'changes nothing' })
  expect(await hash()).toBe(seen.at(-1))
})

test('the hash is the same wherever the same Dockerfile is outside of the folder', async () => {
  await write({ 'a.js': '', '../one/Dockerfile': 'FROM x', '../two/Dockerfile': 'FROM x' })
  const one = await hash({ dockerfile: '../one/Dockerfile' })
  expect(await hash({ dockerfile: join(context, '../two/Dockerfile') })).toBe(one)
  await write({ '../two/Dockerfile': 'FROM y' })
  expect(await hash({ dockerfile: '../two/Dockerfile' })).not.toBe(one)
})

test('the hash does not depend on the order of arguments', async () => {
  await write({ Dockerfile: 'FROM x' })
  expect(await hash({ args: { A: '1', B: '2' } })).toBe(await hash({ args: { B: '2', A: '1' } }))
})

test.each([
  ['Dockerfile', {}],
  ['folder', { context: '/no/such/folder' }],
])('readBuildContext reports a missing %s as BUILD_FAILED', async (_, more) => {
  await expect(readBuildContext({ context, ...more })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    remedy: expect.any(String),
  })
})
