import { defineTopology, exec, http, lease, tcp } from 'mesocosm'
import { askHttp, until } from '../lib/answers.ts'
import type { Contender } from '../lib/contender.ts'
import { contenderSettings } from '../lib/settings.ts'
import { databaseReady, type Program, type Scene, scenes } from '../scenes.ts'

const { folder } = contenderSettings()

const service = ({ image, command, env, port, needs, ready }: Program) => ({
  image,
  ...(command === undefined ? {} : { command }),
  env,
  ports: { main: port },
  dependsOn: needs,
  ready: { http: http('/'), tcp: tcp(), postgres: exec(databaseReady) }[ready],
})

/** A scene as a topology. It comes from data, so of its services only `api` is told to the compiler. */
export const topologyOf = (scene: Scene) => {
  const all = Object.entries(scenes[scene]).map(([name, program]) => [name, service(program)])
  const services: { api: { image: string; ports: { main: number }; env: { MODE: string } } } =
    Object.fromEntries(all)
  return defineTopology({ name: scene, root: folder, services })
}

const createMesocosm = (): Contender => {
  type Leased = Awaited<ReturnType<typeof lease<ReturnType<typeof topologyOf>>>>
  const lanes: Leased[] = []
  const up = async (scene: Scene, key: string) => {
    lanes.push(await lease(topologyOf(scene), { key }))
  }
  const api = () => {
    const first = lanes[0]
    if (first === undefined) throw new Error('nothing is up')
    return first.services.api
  }
  return {
    up: (scene) => up(scene, 'first'),
    upAgain: (scene) => up(scene, 'second'),
    async changeEnv(mode) {
      const changed = await api().withEnv({ MODE: mode })
      const { host, port } = api().main
      await until(async () => (await askHttp({ host, port }))?.includes(mode) ?? false, 5)
      return () => changed[Symbol.asyncDispose]()
    },
    async exec() {
      const { stdout } = await api().run(['echo', 'hello'])
      if (stdout !== 'hello\n') throw new Error(`echo said ${stdout}`)
    },
    async beforeDown() {
      await import('../lib/end-run.ts')
    },
    async down() {
      const { endRun } = await import('../lib/end-run.ts')
      await Promise.all(lanes.map((lane) => lane.release()))
      await endRun(folder, process.env.MESOCOSM_RUN as string)
    },
  }
}

export const contender = createMesocosm()
