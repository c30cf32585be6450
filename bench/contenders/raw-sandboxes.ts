import type { Container, Network } from 'dockerode'
import { createEngineApi, type Dialer } from '../../src/docker/api/engine-api.ts'
import { importSandbox, sandboxImage } from '../../src/docker/image/sandbox-image.ts'
import { type Address, answersHttp, answersTcp, askHttp, until } from '../lib/answers.ts'
import { byNeed } from '../lib/by-need.ts'
import type { Contender } from '../lib/contender.ts'
import {
  addressOf,
  createNetwork,
  engine,
  execIn,
  networkBody,
  programBody,
  removeAll,
} from '../lib/engine.ts'
import { benchLabel, contenderSettings } from '../lib/settings.ts'
import { databaseReady, type Program, scenes } from '../scenes.ts'

interface Made {
  readonly sandbox: Container
  program: Container
  readonly address: Address
}

/**
 * Only the engine calls that Mesocosm makes: the least that it can take. A sandbox container keeps the network of a
 * service, the program's container joins it; output is attached before the start.
 */
const createRawSandboxes = (): Contender => {
  const docker = engine()
  const { id } = contenderSettings()
  const name = `${id}-sandboxes-${process.pid}`
  const services = new Map<string, Made>()
  let network: Network | undefined
  let made = 0

  const createProgram = (service: string, program: Program, sandbox: Container) =>
    docker.createContainer({
      ...programBody(`${name}-${service}-${++made}`, program),
      HostConfig: { NetworkMode: `container:${sandbox.id}` },
    })

  const startProgram = async (program: Container) => {
    const output = await program.attach({ stream: true, stdout: true, stderr: true })
    output.resume()
    await program.start()
  }

  const ready = ({ ready }: Program, { program, address }: Made) => {
    if (ready === 'http') return until(() => answersHttp(address), 20)
    if (ready === 'tcp') return until(() => answersTcp(address), 20)
    return until(async () => (await execIn(program, databaseReady)).exitCode === 0, 50)
  }

  return {
    async up(scene) {
      const image = sandboxImage((await docker.version()).Arch)
      const present = await docker
        .getImage(image.reference)
        .inspect()
        .catch(() => undefined)
      if (present === undefined)
        await importSandbox(createEngineApi(docker.modem as Dialer, ''), image)
      network = await createNetwork(docker, name, id)
      await byNeed(scene, async (service, program, needed) => {
        const sandbox = await docker.createContainer({
          name: `${name}-${service}-sandbox`,
          Image: image.reference,
          Labels: { [benchLabel]: id },
          ...networkBody(name, service, program.port),
        })
        await sandbox.start()
        const address = await addressOf(sandbox, program.port)
        const first = await createProgram(service, program, sandbox)
        const own: Made = { sandbox, program: first, address }
        services.set(service, own)
        await needed()
        await startProgram(first)
        await ready(program, own)
      })
    },
    async changeEnv(mode) {
      const own = services.get('api')
      const declared = scenes.one.api
      if (own === undefined || declared === undefined) throw new Error('nothing is running')
      const old = own.program
      const change = async (env: Program['env']) => {
        const killed = old.kill()
        own.program = await createProgram('api', { ...declared, env }, own.sandbox)
        await startProgram(own.program)
        await until(async () => (await askHttp(own.address))?.includes(mode) ?? false, 20)
        await killed
      }
      await change({ ...declared.env, MODE: mode })
      return () => old.remove({ force: true, v: true })
    },
    async exec() {
      const { program } = services.get('api') as Made
      const { output } = await execIn(program, ['echo', 'hello'])
      if (!output.endsWith('hello\n')) throw new Error(`echo printed ${output}`)
    },
    down() {
      const all = [...services.values()]
      return removeAll(
        all.map(({ program }) => program),
        network,
        all.map(({ sandbox }) => sandbox),
      )
    },
  }
}

export const contender = createRawSandboxes()
