import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology, lease, log, secret } from 'mesocosm'
import { expect, test } from './lib/test.ts'

const script = `
  trap 'echo yes' USR1
  head -c 262140 /dev/zero | tr '\\0' x; echo "$TOKEN tail"
  printf 'user:%s' "$TOKEN" | base64 -w0; echo
  printf 'ready> '
  while :; do sleep 0.05; done`

test('a prompt, a line over the limit, and secrets across a cut are in the logs as they must be', async ({
  sandbox,
}) => {
  await using lane = await lease(
    defineTopology({
      name: 'output',
      root: sandbox.folder,
      services: {
        shell: {
          image: 'node:24-trixie-slim',
          command: ['sh', '-c', script],
          env: { TOKEN: 'none' },
          ready: log('ready> '),
          stopTimeoutMs: 0,
        },
      },
    }),
  )
  const { shell } = lane.services
  expect(shell.logs.text()).toMatch(/\nready> $/)
  await shell.kill('SIGUSR1')
  expect(await shell.logs.waitFor('ready> yes')).toMatchObject({ text: 'ready> yes' })
  expect(shell.logs.text()).toBe(
    `${'x'.repeat(262_140)}none tail\n${Buffer.from('user:none').toString('base64')}\nready> yes`,
  )
  expect(shell.logs.lines().filter(({ cut }) => cut)).toHaveLength(1)

  const token = 'Zq7vTopSecretWord42'
  await using _ = await shell.withEnv({ TOKEN: secret(token) })
  const full = await shell.run(['sh', '-c', 'head -c 11000000 /dev/zero; echo "$TOKEN" >&2'])
  expect(full).toMatchObject({
    exitCode: 0,
    stderr: `${token}\n`,
    truncated: { stdout: true, stderr: false },
  })
  expect(full.stdout).toHaveLength(10 * 2 ** 20)

  const runs = join(sandbox.folder, '.mesocosm', 'runs')
  const written = readdirSync(runs, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
    .join('\n')
  expect(written).toContain('••• tail')
  expect(written).not.toMatch(/Zq7v|TopSecret|Word42/)
  expect(written).not.toContain(Buffer.from(token).toString('base64').slice(4, -4))
})
