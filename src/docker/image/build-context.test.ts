import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import createIgnoreModule from '@balena/dockerignore'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBuildContexts } from './build-context.ts'

const createIgnore = createIgnoreModule as unknown as () => {
  add(patterns: string): { ignores(path: string): boolean }
}

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
  (await readBuildContext({ context, ...more })).files().map(({ name }) => name)

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
  expect(await names()).toEqual(['.dockerignore', 'keep.log', 'src', 'src/a.js', 'src/deep'])
})

test.each([
  ['.dockerignore', '*\n!a.js\n'],
  ['.dockerignore', 'node_modules\nDockerfile\n'],
  ['.dockerignore', '**/*.log\nDockerfile\n'],
  ['Dockerfile.dockerignore', 'Dockerfile*\n'],
])(
  'an ignored Dockerfile is sent under a name that the sent rules ignore: %s %j',
  async (file, text) => {
    await write({ Dockerfile: 'FROM x', [file]: text, 'a.js': 'a' })
    const { isApart, together } = await readBuildContext({ context })
    const { entries, dockerfile } = together()
    expect(isApart).toBe(true)
    const textOf = (name: string) => {
      const content = entries.find((entry) => entry.name === name)?.content
      return content?.kind === 'bytes' ? content.bytes.toString() : undefined
    }
    expect(textOf(dockerfile)).toBe('FROM x')
    const rules = createIgnore().add(textOf('.dockerignore') ?? text)
    expect(rules.ignores(dockerfile)).toBe(true)
    expect(entries.filter(({ name }) => name === dockerfile)).toHaveLength(1)
  },
)

test('a Dockerfile that no name hides from its instructions is refused', async () => {
  await write({ '.dockerignore': '# nothing\n', 'a.js': 'a' })
  const { together } = await readBuildContext({ context, dockerfileInline: 'FROM x' })
  expect(together).toThrow(/"mesocosm\.Dockerfile" to \.dockerignore/)
})

test('a Dockerfile that is not one of the files is apart from them', async () => {
  const apart = async (more: object) => (await readBuildContext({ context, ...more })).isApart
  await write({ 'a.js': '', '../Outside': 'FROM x', Other: 'FROM x' })
  await symlink('../Outside', join(context, 'Link'))
  expect(await apart({ dockerfileInline: 'FROM x' })).toBe(true)
  expect(await apart({ dockerfile: '../Outside' })).toBe(true)
  expect(await apart({ dockerfile: join(context, '../Outside') })).toBe(true)
  expect(await apart({ dockerfile: 'Link' })).toBe(true)
  expect(await apart({ dockerfile: join(context, 'Other') })).toBe(false)
  await write({ '.dockerignore': 'Other' })
  expect(await apart({ dockerfile: 'Other' })).toBe(true)
  expect(await names({ dockerfile: 'Other' })).toEqual(['.dockerignore', 'Link', 'a.js'])
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
  expect(other.files).toBe(one.files)
  expect(other.hash).not.toBe(one.hash)
  expect(later.files).not.toBe(one.files)
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
    await hash({ platform: 'linux/arm64' }),
    await hash({ secrets: { a: { env: 'A' } } }),
    await hash({ ssh: { a: '/a' } }),
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

test('the hash does not depend on values of secrets, nor on what may be a cache', async () => {
  await write({ Dockerfile: 'FROM x' })
  const one = await hash({ secrets: { a: { env: 'A', secret: 'one' } } })
  expect(await hash({ secrets: { a: { secret: 'two' } }, cacheFrom: ['x:1'] })).toBe(one)
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

test.each(['Dockerfile', '.dockerignore', 'Dockerfile.dockerignore'])(
  'a %s that is a pipe or a folder is refused, not read',
  async (name) => {
    await write({ Dockerfile: 'FROM x' })
    await rm(join(context, name), { force: true })
    execFileSync('mkfifo', [join(context, name)])
    const refused = { code: 'BUILD_FAILED', message: expect.stringContaining('it is a pipe') }
    await expect(readBuildContext({ context })).rejects.toMatchObject(refused)
    await rm(join(context, name))
    await mkdir(join(context, name))
    await expect(readBuildContext({ context })).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringContaining('it is a folder'),
      facts: { context, path: join(context, name) },
    })
  },
)

test('a build folder that is a file is refused as BUILD_FAILED', async () => {
  await write({ '../file': '' })
  const build = { context: join(context, '../file'), dockerfileInline: 'FROM x' }
  await expect(readBuildContext(build)).rejects.toMatchObject({ code: 'BUILD_FAILED' })
})
