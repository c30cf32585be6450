import { defineTopology, lease } from 'mesocosm'
import { askHttp, until } from '../lib/answers.ts'
import type { Contender } from '../lib/contender.ts'
import { contenderSettings } from '../lib/settings.ts'
import { topologyServices } from '../lib/topology.ts'
import type { Scene } from '../scenes.ts'

const { folder } = contenderSettings()
const { BENCH_POSTGRES, MESOCOSM_RUN: run = '' } = process.env

/** `plugin` uses `@mesocosm/postgres`, as users would; otherwise a plain service, as the other contenders have. */
const database =
  BENCH_POSTGRES === 'plugin' ? { db: (await import('@mesocosm/postgres')).postgres() } : {}

const topologyOf = (scene: Scene) => {
  const services = { ...topologyServices(scene), ...(scene === 'five' ? database : {}) }
  return defineTopology({ name: scene, root: folder, services })
}

const createMesocosm = (): Contender => {
  type Leased = Awaited<ReturnType<typeof lease<ReturnType<typeof topologyOf>>>>
  const lanes: Leased[] = []
  const up = async (scene: Scene, key: string) => {
    lanes.push(await lease(topologyOf(scene), { key }))
  }
  const leased = () => {
    const first = lanes[0]
    if (first === undefined) throw new Error('nothing is running')
    return first
  }
  const api = () => leased().services.api
  return {
    up: (scene) => up(scene, 'first'),
    async awaitAhead() {
      const { untilFree } = await import('../lib/until-free.ts')
      await untilFree(folder, run)
    },
    upAgain: (scene) => up(scene, 'second'),
    async changeEnv(mode) {
      const changed = await api().withEnv({ MODE: mode })
      const { host, port } = api().main
      await until(async () => (await askHttp({ host, port }))?.includes(mode) ?? false, 5)
      return async () => changed[Symbol.asyncDispose]()
    },
    async addSidecar(name) {
      // Loaded late, so that other measures do not pay for it; the uncounted round loads it here.
      const { sidecars } = await import('../lib/sidecars.ts')
      const added = await leased().add('helper', sidecars[name])
      return async () => added[Symbol.asyncDispose]()
    },
    async settle() {},
    async exec() {
      const { stdout } = await api().run(['echo', 'hello'])
      if (stdout !== 'hello\n') throw new Error(`echo printed ${stdout}`)
    },
    async beforeDown() {
      await import('../lib/end-run.ts')
    },
    async down() {
      const { endRun } = await import('../lib/end-run.ts')
      await Promise.all(lanes.map((lane) => lane.release()))
      await endRun(folder, run)
    },
  }
}

export const contender = createMesocosm()
