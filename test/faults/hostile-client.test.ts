import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { defineTopology, lease, log } from 'mesocosm'
import { isAlive } from '../lib/child.ts'
import { pick, seeded } from '../lib/odd-requests.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

/** Path of the only socket of the sandbox. */
const socketOf = ({ env }: Sandbox): string => {
  const folder = env.TMPDIR ?? ''
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return join(folder, names.find((name) => name.endsWith('/s')) ?? 'missing')
}

const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
const call = (fields: object): string => `${JSON.stringify({ id: 1, ...fields })}\n`

const pieces: readonly (string | Buffer)[] = [
  '\n',
  'null\n',
  '[]\n',
  '{}\n',
  '{"id":1}\n',
  '{"id":{},"method":{},"params":[]}\n',
  '{"__proto__":{"method":"hello"},"id":2}\n',
  `${deep}\n`,
  call({ method: 'challenge' }),
  call({ method: 'challenge', params: { nonce: 'x' } }),
  call({ method: 'hello', params: { proof: 7, client: 'x', pid: -1 } }),
  call({ method: 'lease', params: {} }),
  call({ method: 'constructor', params: null }),
  call({ method: '__proto__' }),
  call({ result: 1 }),
  call({ cancel: true }),
  Buffer.from([0, 255, 254, 10]),
  Buffer.from('{"id":1,"method":"chall'),
  'x'.repeat(1_000_000),
]

test('whatever bytes a client sends, the supervisor and the lanes of others go on', async ({
  sandbox,
}) => {
  await using lane = await lease(
    defineTopology({
      name: 'hostile-client',
      root: sandbox.folder,
      services: {
        api: {
          image: 'debian:trixie-slim',
          command: ['sh', '-c', 'echo up; exec sleep 600'],
          ready: log('up'),
          stopTimeoutMs: 0,
        },
      },
    }),
  )
  const supervisor = sandbox.supervisorOf(sandbox.runs()[0] ?? '')
  const path = socketOf(sandbox)
  for (let seed = 0; seed < 150; seed++) {
    const random = seeded(seed)
    const socket = connect(path)
    // The supervisor may close it first.
    socket.on('error', () => undefined).resume()
    await once(socket, 'connect')
    for (let sent = 0; sent < 6; sent++) socket.write(pick(random, pieces))
    if (random() < 0.5) socket.end()
    else socket.destroy()
  }
  expect((await lane.services.api.run(['echo', 'works'])).stdout).toContain('works')
  expect(isAlive(supervisor)).toBe(true)
  expect(sandbox.evidence()).not.toMatch(/uncaught|a defect/)
})
