import { randomUUID } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, rmdir, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { expect, onTestFinished, test } from 'vitest'
import { candidates } from '../../../scripts/engine/find.ts'
import { definePolicy } from './policy/define-policy.ts'
import { GuardServer } from './server/guard-server.ts'
import { Session } from './session/session.ts'

const image = 'node:24-trixie-slim'
const url = candidates()[0]?.url ?? ''
/** The guard forwards to a Unix socket only. */
const engineSocket = url.startsWith('unix://') ? url.slice('unix://'.length) : undefined

/** A guard before the engine, a client of it, and a folder that may be mounted; all end with the test. */
const open = async () => {
  const socketPath = engineSocket as string
  const folder = realpathSync(await mkdtemp(join(tmpdir(), 'guard-')))
  const engine = new Docker({ socketPath })
  const { ApiVersion } = (await engine.version()) as { ApiVersion: string }
  const name = `guard-${randomUUID()}`
  const network = await engine.createNetwork({ Name: name })
  onTestFinished(() => network.remove())
  const session = new Session({
    id: randomUUID(),
    apiVersion: ApiVersion,
    network: { id: network.id, name },
  })
  const path = join(folder, 'guard.sock')
  const policy = definePolicy({
    images: [image],
    bindRoots: [{ path: folder, access: 'rw' }],
    user: '1234:1234',
  })
  const guard = await GuardServer.listen(path, {
    session,
    policy,
    engineSocket: socketPath,
    realPath: (asked) => {
      try {
        return realpathSync(asked)
      } catch {
        return undefined
      }
    },
  })
  await chmod(folder, 0o777)
  onTestFinished(async () => {
    await guard[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  return { client: new Docker({ socketPath: path }), engine, folder, network, session }
}

const sleep = ['node', '-e', 'setInterval(() => {}, 1e6)']

test.skipIf(engineSocket === undefined)(
  'a container that writes the host runs as the user of the policy, without privileges',
  async () => {
    const { client, folder, network } = await open()
    const container = await client.createContainer({
      Image: image,
      Cmd: sleep,
      HostConfig: { Binds: [`${folder}:/srv`] },
    })
    onTestFinished(() => container.remove({ force: true, v: true }))
    await container.start()
    const exec = await container.exec({
      Cmd: ['sh', '-c', 'touch /srv/made; grep -E "NoNewPrivs|CapBnd" /proc/self/status'],
      AttachStdout: true,
    })
    const output = await exec.start({ hijack: true })
    const text = Buffer.concat(await Array.fromAsync(output as AsyncIterable<Buffer>)).toString()
    expect(text).toMatch(/NoNewPrivs:\s+1\n/)
    expect(text).toMatch(/CapBnd:\s+0{16}\n/)
    expect((await stat(join(folder, 'made'))).uid).toBe(1234)
    const { HostConfig, NetworkSettings } = await container.inspect()
    expect(HostConfig).toMatchObject({ Memory: 2 ** 31, Privileged: false, IpcMode: 'private' })
    expect(Object.values(NetworkSettings.Networks).map((joined) => joined.NetworkID)).toEqual([
      network.id,
    ])
    await expect(container.exec({ Cmd: ['id'], User: '0' })).rejects.toMatchObject({
      statusCode: 403,
    })
  },
)

test.skipIf(engineSocket === undefined)(
  'containers and volumes of others are not listed, read or taken over',
  async () => {
    const { client, engine, session } = await open()
    const foreign = await engine.createContainer({
      Image: image,
      Labels: { 'mesocosm.guard.session': session.id },
    })
    onTestFinished(() => foreign.remove({ force: true, v: true }))
    const volume = { Name: `guard-${randomUUID()}` }
    await engine.createVolume(volume)
    onTestFinished(() => engine.getVolume(volume.Name).remove())

    expect(await client.listContainers({ all: true })).toEqual([])
    await expect(client.getContainer(foreign.id).inspect()).rejects.toMatchObject({
      statusCode: 404,
    })
    await expect(client.createVolume(volume)).rejects.toMatchObject({ statusCode: 409 })
    await expect(client.getVolume(volume.Name).remove()).rejects.toMatchObject({ statusCode: 404 })
  },
)

test.skipIf(engineSocket === undefined)(
  'a container does not start once its bind has become a symbolic link',
  async () => {
    const { client, folder } = await open()
    const path = join(folder, 'mounted')
    await mkdir(path)
    const HostConfig = { Binds: [`${path}:/h:ro`] }
    const container = await client.createContainer({ Image: image, Cmd: sleep, HostConfig })
    onTestFinished(() => container.remove({ force: true, v: true }))
    await rmdir(path)
    await symlink('/etc', path)
    await expect(container.start()).rejects.toMatchObject({ statusCode: 403 })
    await expect(container.getArchive({ path: '/h' })).rejects.toMatchObject({ statusCode: 403 })
    await rm(path)
    await mkdir(path)
    await container.start()
  },
)
