import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openMailFixture } from '../test/mail-fixture.ts'
import { requestTask } from './reset-task.ts'

const find = async (program: string): Promise<string> => {
  const child = spawn('sh', ['-c', `command -v ${program}`])
  return (await text(child.stdout)).trim()
}

/** Paths of programs by their names. */
type Programs = Readonly<Record<string, string>>

const posix: Programs = Object.fromEntries(
  await Promise.all(['sh', 'head', 'cat'].map(async (name) => [name, await find(name)])),
)
const busybox = await find('busybox')
const applets = ['sh', 'head', 'cat', 'rm', 'nc', 'mktemp', 'mkfifo']

/** Runs the task where only these programs exist. */
const runTask = async (port: number, requests: readonly string[], programs: Programs) => {
  const path = await mkdtemp(join(tmpdir(), 'mesocosm-mail-'))
  try {
    for (const [name, target] of Object.entries(programs)) await symlink(target, join(path, name))
    const { argv, env } = requestTask(port, requests)
    const [file = '', ...args] = argv.map(String)
    const child = spawn(join(path, file), args, {
      env: { ...(env as NodeJS.ProcessEnv), PATH: path },
    })
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    return { code, stderr }
  } finally {
    await rm(path, { recursive: true })
  }
}

const images: readonly (readonly [string, Programs])[] = [
  ['bash', { ...posix, bash: await find('bash') }],
  ['Node', { ...posix, node: process.execPath }],
  ['BusyBox', Object.fromEntries(applets.map((name) => [name, busybox]))],
]

test.for(images)(
  'the reset task empties the mailbox with %s',
  async ([name, programs], { skip }) => {
    skip(name === 'BusyBox' && busybox === '', 'busybox is missing on this machine')
    await using fixture = await openMailFixture()
    await fixture.send({ subject: 'one' })
    const chaos = () => fetch(`${fixture.url}/api/v1/chaos`).then((response) => response.json())
    await fetch(`${fixture.url}/api/v1/chaos`, {
      method: 'PUT',
      body: '{"Sender":{"Probability":100}}',
    })
    const requests = ['DELETE /api/v1/messages', 'PUT /api/v1/chaos {}']
    const { httpPort } = fixture.server
    expect(await runTask(httpPort, requests, programs)).toEqual({ code: 0, stderr: '' })
    expect(await fixture.mail.messages()).toEqual([])
    expect(await chaos()).toMatchObject({ Sender: { Probability: 0 } })
  },
)

test('the reset task fails when a request is refused, and names it', async () => {
  await using fixture = await openMailFixture()
  const requests = ['PUT /api/v1/chaos {"Sender":{"Probability":300}}', 'DELETE /api/v1/messages']
  await fixture.send({ subject: 'stays' })
  expect(await runTask(fixture.server.httpPort, requests, images[0]?.[1] ?? {})).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('PUT /api/v1/chaos: HTTP/1.1 400'),
  })
  expect((await fixture.mail.messages()).length).toBe(1)
})
