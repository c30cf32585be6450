import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ServiceSpec, TaskSpec } from '../../model/service-spec.ts'
import type { MemoryProgram, ProgramContext } from '../../runtime/memory/program.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'

const migrated = { container: { image: 'migrator' }, argv: ['up'] } satisfies TaskSpec

/** A server with a migration between two tasks of its own. */
const server = (task: TaskSpec = migrated, more: Partial<ServiceSpec> = {}): ServiceSpec =>
  app({
    image: 'server',
    share: 'run',
    prebuild: true,
    outputs: { url: 'sql://here' },
    tasks: { setup: [{ argv: ['note', 'before'] }, task, { argv: ['note', 'after'] }] },
    ...more,
  })

const fixture = async (migrator: MemoryProgram) => {
  const notes: string[] = []
  const runs: { argv: readonly string[]; env: object; reached: boolean }[] = []
  const note = ({ argv }: { readonly argv: readonly string[] }) => {
    notes.push(argv[1] ?? '')
    return 0
  }
  const programs = {
    server: {
      async run(context: ProgramContext) {
        await context.listen(5432, () => {})
        return daemon(context)
      },
      exec: { note },
    },
    migrator: (context: ProgramContext) => {
      notes.push('migration')
      const { argv, env, reach } = context
      runs.push({ argv, env, reached: reach('127.0.0.1', 5432) !== undefined })
      return migrator(context)
    },
  }
  const scene = await openScene({ programs })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  return {
    scene,
    notes,
    runs,
    async start(key: string, db: ServiceSpec) {
      const signal = new AbortController().signal
      const request = { key, slot: undefined, reset: undefined, call: asked, signal }
      const lane = await engine.lease({ spec: topology({ db }), ...request })
      await lane.start(undefined, asked)
    },
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

test('a task with a container runs in one that joins the network of the service, in its place', async () => {
  await using made = await fixture(() => 0)
  await made.start(
    'a',
    server({ ...migrated, env: { URL: { ref: 'self.url' } }, argv: ['up', 'now'] }),
  )
  expect(made.notes).toEqual(['before', 'migration', 'after'])
  expect(made.runs).toMatchObject([
    { argv: ['up', 'now'], env: { URL: 'sql://here' }, reached: true },
  ])
  expect(made.scene.events('task')).toMatchObject([
    { argv: ['note', 'before'] },
    { argv: ['up', 'now'], exitCode: 0 },
    { argv: ['note', 'after'] },
  ])
  expect(
    Object.keys(await made.scene.containers()).filter((name) => name.includes('setup')),
  ).toEqual([])
})

test('it runs once per content: for every lane, and not again from the prebuilt image', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-unit-'))
  const file = join(folder, '1.sql')
  const db = server({
    ...migrated,
    container: { image: 'migrator', files: [{ from: file, to: '/1.sql' }] },
  })
  await using made = await fixture(() => 0)
  writeFileSync(file, 'select 1')
  await made.start('a', db)
  await made.start('b', db)
  await made.start('c', { ...db, share: 'lane' })
  expect(made.runs).toHaveLength(1)
  writeFileSync(file, 'select 2')
  await made.start('d', { ...db, share: 'lane' })
  expect(made.runs).toHaveLength(2)
  rmSync(folder, { recursive: true })
})

test('its failure has its last lines of both streams, keeps no image, and the next start tries again', async () => {
  let fails = true
  await using made = await fixture(({ print }) => {
    print('running 1.sql\n')
    print('relation "a" does not exist', 'stderr')
    return fails ? 3 : 0
  })
  await expect(made.start('a', server())).rejects.toMatchObject({
    code: 'TASK_FAILED',
    message: expect.stringContaining('db could not set up: up exited with code 3'),
    remedy: expect.stringContaining('in its image'),
    lastLogs: ['running 1.sql', 'relation "a" does not exist'],
  })
  expect(made.scene.events('prebuilt')).toEqual([])
  fails = false
  await made.start('b', server())
  expect(made.notes).toEqual(['before', 'migration', 'before', 'migration', 'after'])
})

test('it is killed after its timeoutMs', async () => {
  await using made = await fixture(
    ({ print, over }) =>
      new Promise((resolve) => {
        print('waits for a lock\n')
        over.addEventListener('abort', () => resolve(137))
      }),
  )
  await expect(made.start('a', server({ ...migrated, timeoutMs: 20 }))).rejects.toMatchObject({
    code: 'TASK_FAILED',
    message: expect.stringContaining('`up` was killed after 20 ms'),
    lastLogs: ['waits for a lock'],
  })
  expect(
    Object.keys(await made.scene.containers()).filter((name) => name.includes('setup')),
  ).toEqual([])
})
