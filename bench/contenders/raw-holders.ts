import type { Container, Network } from 'dockerode'
import { createEngineApi, type Dialer } from '../../src/docker/engine-api.ts'
import { holderImage, importHolder } from '../../src/docker/holder.ts'
import { type Address, answersHttp, answersTcp, askHttp, until } from '../lib/answers.ts'
import { byNeed } from '../lib/by-need.ts'
import type { Contender } from '../lib/contender.ts'
import {
  addressOf,
  createNetwork,
  engine,
  execIn,
  placeBody,
  programBody,
  removeAll,
} from '../lib/engine.ts'
import { benchLabel, contenderSettings } from '../lib/settings.ts'
import { databaseReady, type Program, scenes } from '../scenes.ts'

interface Made {
  readonly holder: Container
  program: Container
  readonly address: Address
}

/**
 * The engine calls that Mesocosm makes, and nothing else: its floor. Holders keep each service's place,
 * programs join them; output is attached before the start.
 */
const createRawHolders = (): Contender => {
  const docker = engine()
  const { id } = contenderSettings()
  const name = `${id}-holders-${process.pid}`
  const services = new Map<string, Made>()
  let network: Network | undefined
  let made = 0

  const createProgram = (service: string, program: Program, holder: Container) =>
    docker.createContainer({
      ...programBody(`${name}-${service}-${++made}`, program),
      HostConfig: { NetworkMode: `container:${holder.id}` },
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
      const holder = holderImage((await docker.version()).Arch)
      const present = await docker
        .getImage(holder.reference)
        .inspect()
        .catch(() => undefined)
      if (present === undefined)
        await importHolder(createEngineApi(docker.modem as Dialer, ''), holder)
      network = await createNetwork(docker, name, id)
      await byNeed(scene, async (service, program, needed) => {
        const place = await docker.createContainer({
          name: `${name}-${service}-place`,
          Image: holder.reference,
          Labels: { [benchLabel]: id },
          ...placeBody(name, service, program.port),
        })
        await place.start()
        const address = await addressOf(place, program.port)
        const first = await createProgram(service, program, place)
        const own: Made = { holder: place, program: first, address }
        services.set(service, own)
        await needed()
        await startProgram(first)
        await ready(program, own)
      })
    },
    async changeEnv(mode) {
      const own = services.get('api')
      const declared = scenes.one.api
      if (own === undefined || declared === undefined) throw new Error('nothing is up')
      const old = own.program
      const change = async (env: Program['env']) => {
        const killed = old.kill()
        own.program = await createProgram('api', { ...declared, env }, own.holder)
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
      if (!output.endsWith('hello\n')) throw new Error(`echo said ${output}`)
    },
    down: () =>
      removeAll(
        [...services.values()].flatMap(({ holder, program }) => [program, holder]),
        network,
      ),
  }
}

export const contender = createRawHolders()
