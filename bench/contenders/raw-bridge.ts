import type { Container, Network } from 'dockerode'
import {
  type Address,
  answersHttp,
  answersPostgres,
  answersTcp,
  askHttp,
  until,
} from '../lib/answers.ts'
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
import { contenderSettings } from '../lib/settings.ts'
import { scenes } from '../scenes.ts'

const probes = { http: answersHttp, tcp: answersTcp, postgres: answersPostgres }
const probeMs = 20

/** Plain containers on a network, as an expert of the Engine API would start them. */
const createRawBridge = (): Contender => {
  const docker = engine()
  const { id } = contenderSettings()
  const name = `${id}-bridge-${process.pid}`
  const containers = new Map<string, { readonly container: Container; address: Address }>()
  let network: Network | undefined
  let lastPort = 3999
  const api = () => {
    const made = containers.get('api')
    if (made === undefined) throw new Error('nothing is running')
    return made
  }
  return {
    async up(scene) {
      network = await createNetwork(docker, name, id)
      await byNeed(scene, async (service, program, needed) => {
        const container = await docker.createContainer({
          ...programBody(`${name}-${service}`, program),
          ...networkBody(name, service, program.port),
        })
        await needed()
        await container.start()
        const address = await addressOf(container, program.port)
        containers.set(service, { container, address })
        await until(() => probes[program.ready](address), probeMs)
      })
    },
    async restart() {
      const made = api()
      const { container } = made
      const before = await askHttp(made.address)
      await container.restart({ t: 0 })
      // Podman gives the container another address.
      const moved = addressOf(container, made.address.port).then((address) => {
        made.address = address
      })
      await until(async () => ![undefined, before].includes(await askHttp(made.address)), 5)
      await moved
    },
    async addSidecar(helper) {
      const { archiveOf, bareSidecar } = await import('../lib/sidecars.ts')
      const { files, port, path, ...program } = bareSidecar(helper)
      const container = await docker.createContainer({
        ...programBody(`${name}-helper`, program),
        ...networkBody(name, 'helper', port),
      })
      await container.putArchive(await archiveOf(files), { path: '/' })
      await container.start()
      const address = await addressOf(container, port)
      await until(() => answersHttp({ ...address, path }), probeMs)
      return () => container.remove({ force: true, v: true })
    },
    async settle() {},
    async exec() {
      const { output } = await execIn(api().container, ['echo', 'hello'])
      if (!output.endsWith('hello\n')) throw new Error(`echo printed ${output}`)
    },
    async boot() {
      const { container, address } = api()
      // The program of an earlier boot still listens on its port.
      const port = ++lastPort
      const argv = [...(scenes.one.api?.command ?? [])]
      const call = performance.now()
      const exec = await container.exec({ Cmd: argv, Env: [`PORT=${port}`] })
      await exec.start({ Detach: true })
      const started = performance.now()
      await until(() => answersHttp({ ...address, port }), 2)
      const end = performance.now()
      return { fromCall: end - call, fromStart: end - started }
    },
    down: () =>
      removeAll(
        [...containers.values()].map(({ container }) => container),
        network,
      ),
  }
}

export const contender = createRawBridge()
