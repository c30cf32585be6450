import { join } from 'node:path'
import { createDockerRuntime } from '../../src/docker/docker-runtime.ts'
import { startScript } from '../lib/child.ts'
import { engineSocket, idsOf, madeBy } from '../lib/engine.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import type { Leased } from './script/lane.ts'

const root = join(import.meta.dirname, '../..')
const script = (name: string) => join(import.meta.dirname, 'script', name)

/** Starts a script in a container with the engine's socket, as CI jobs run. */
const startJob = async (sandbox: Sandbox, path: string) => {
  const runtime = await createDockerRuntime()
  const socket = engineSocket() ?? ''
  const name = `mesocosm-job-${process.pid}`
  const labels = { 'dev.mesocosm.job-test': name }
  const network = await runtime.createNetwork({ name, labels, size: 4 })
  const id = await runtime.create({
    name,
    labels,
    image: 'node:24-trixie-slim',
    command: ['node', path, sandbox.folder],
    env: { DOCKER_HOST: `unix://${socket}` },
    mounts: [root, sandbox.folder, socket].map((folder) => ({ from: folder, to: folder })),
    network: { kind: 'own', network, aliases: [] },
  })
  const output: string[] = []
  await runtime.start(id, ({ bytes }) => output.push(Buffer.from(bytes).toString()))
  const kill = () => runtime.remove('container', id)
  return {
    kill,
    output: () => output.join(''),
    async [Symbol.asyncDispose]() {
      await kill()
      await runtime.remove('network', network)
      await runtime[Symbol.asyncDispose]()
    },
  }
}

test.skipIf(engineSocket() === undefined)(
  'what a killed job container leaves is removed by another run, once its lease has lapsed',
  { timeout: 300_000 },
  async ({ sandbox }) => {
    await using peer = startScript(sandbox, script('hold.ts'))
    await peer.told<Leased>('leased')
    const others = sandbox.runs()
    await using job = await startJob(sandbox, script('hold.ts'))
    const run = await eventually(async () => {
      const [run = ''] = sandbox.runs().filter((name) => !others.includes(name))
      const { containers } = await madeBy(run)
      const roles = containers.map(({ role, status }) => `${role} ${status}`)
      expect(roles, job.output()).toContain('lease running')
      expect(roles.filter((role) => role === 'program running')).toHaveLength(3)
      return run
    }, 60_000)
    await job.kill()
    expect(idsOf(await madeBy(run))).not.toEqual([])
    await cleared(run)
  },
)
