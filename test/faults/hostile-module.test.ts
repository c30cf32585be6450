import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology, lease, log, testcontainer } from 'mesocosm'
import type { GenericContainer } from 'testcontainers'
import { isAlive } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { expect, test } from '../lib/test.ts'

const image = 'debian:trixie-slim'
const command = ['sh', '-c', 'echo up; exec sleep 600']

/** A module of testcontainers as far as it is read, which does something else, too. */
const moduleThat = (act: string): string => `
import { EventEmitter } from 'node:events'
class Base {
  createOpts = { Image: '${image}', Cmd: ${JSON.stringify(command)} }
  hostConfig = {}
  withExposedPorts() {}
  async start() {}
}
export class Hostile extends Base {
  async start() {
    ${act}
    return super.start()
  }
}
`

interface HostileModule {
  readonly Hostile: new () => GenericContainer
}

const never = 'await new Promise(() => {})'

test.for([
  ['throws in a timer', `setTimeout(() => { throw new Error('hostile') }); ${never}`, 'hostile'],
  ['drops a rejection', `void Promise.reject(new Error('hostile')); ${never}`, 'hostile'],
  [
    'emits an error',
    `setTimeout(() => new EventEmitter().emit('error', new Error('hostile'))); ${never}`,
    'hostile',
  ],
  ['ends the process', 'process.exit(1)', 'process.exit(1)'],
] as const)(
  'a module that %s fails its lane, and the run goes on',
  async ([, act, words], { sandbox }) => {
    const names = (module: string) => ({
      services: {
        api: {
          from: testcontainer<HostileModule>({
            module: join(sandbox.folder, module),
            export: 'Hostile',
          }),
          ready: log('up'),
          stopTimeoutMs: 0,
        },
      },
    })
    const plain = defineTopology({
      name: 'plain',
      root: sandbox.folder,
      services: { api: { image, command, ready: log('up'), stopTimeoutMs: 0 } },
    })
    await using first = await lease(plain)
    const supervisor = sandbox.supervisorOf(sandbox.runs().at(-1) ?? '')
    // Node keeps what it has imported.
    const file = `bad-${randomUUID()}.mjs`
    writeFileSync(join(sandbox.folder, file), moduleThat(act))
    const bad = defineTopology({ name: 'bad', root: sandbox.folder, ...names(file) })
    await expect(lease(bad)).rejects.toMatchObject({
      code: 'MODULE_UNREADABLE',
      message: expect.stringContaining(words),
    })
    expect((await first.services.api.run(['echo', 'works'])).stdout).toContain('works')
    expect(sandbox.supervisorOf(sandbox.runs().at(-1) ?? '')).toBe(supervisor)
    expect(isAlive(supervisor)).toBe(true)
  },
)

test('a module that throws after it was read ends neither its lane nor the run', async ({
  sandbox,
}) => {
  const act = `setTimeout(() => { throw new Error('hostile, late') }, 300)`
  writeFileSync(join(sandbox.folder, 'late.mjs'), moduleThat(act))
  await using lane = await lease(
    defineTopology({
      name: 'late',
      root: sandbox.folder,
      services: {
        api: {
          from: testcontainer<HostileModule>({
            module: join(sandbox.folder, 'late.mjs'),
            export: 'Hostile',
          }),
          ready: log('up'),
          stopTimeoutMs: 0,
        },
      },
    }),
  )
  await eventually(() => expect(sandbox.evidence()).toContain('hostile, late'))
  expect((await lane.services.api.run(['echo', 'works'])).stdout).toContain('works')
})
