import { mkdtemp } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EngineApi } from '../api/engine-api.ts'
import type { AboutEngine } from '../find/engine-info.ts'
import { checkMountSources } from './mount-sources.ts'

const socket = 'unix:///run/podman/podman.sock'

/** Checks mounts of these paths on an engine. */
const check = (
  paths: readonly string[],
  { endpoint = socket, name = hostname(), data = tmpdir() } = {},
) => {
  const api = { json: async () => ({ DockerRootDir: data }) } as unknown as EngineApi
  const about = async () => ({ info: { endpoint, name } }) as AboutEngine
  const mounts = paths.map((from) => ({ from, to: '/data' }))
  return checkMountSources(api, about, { name: 'lane_1-api', mounts })
}

test('missing host paths of mounts are refused, all at once', async () => {
  const here = await mkdtemp(join(tmpdir(), 'mount-'))
  await expect(check([here, '/no/such/a', '/etc/hosts/b', '/no/such/a'])).rejects.toMatchObject({
    code: 'SERVICE_START_FAILED',
    facts: { container: 'lane_1-api', missing: ['/no/such/a', '/etc/hosts/b'] },
    message: expect.stringContaining('/no/such/a, /etc/hosts/b'),
  })
  await check([here])
})

test.each([
  ['of another machine', { endpoint: 'tcp://build.example:2376' }],
  ['behind a forwarded socket', { name: 'buildbox' }],
  ['outside of the container of this process', { data: '/no/such/var/lib/docker' }],
])('an engine %s checks host paths itself', async (_, engine) => {
  await check(['/no/such/a'], engine)
})
