import { PostgreSqlContainer } from '@testcontainers/postgresql'
import {
  GenericContainer,
  Network,
  type StartedNetwork,
  type StartedTestContainer,
  Wait,
} from 'testcontainers'
import type { Contender } from '../lib/contender.ts'
import { benchLabel, contenderSettings } from '../lib/settings.ts'
import { database, type Program, type Scene, scenes } from '../scenes.ts'

const { id } = contenderSettings()

/** As in the documentation: the module for Postgres, a wait strategy for HTTP services. */
const containerOf = (name: string, { image, command, env, port, ready }: Program) => {
  const base =
    ready === 'postgres'
      ? new PostgreSqlContainer(image)
          .withUsername(database.user)
          .withPassword(database.password)
          .withDatabase(database.name)
      : new GenericContainer(image).withExposedPorts(port).withEnvironment({ ...env })
  if (command !== undefined) base.withCommand([...command])
  if (ready === 'http') base.withWaitStrategy(Wait.forHttp('/', port))
  return base.withNetworkAliases(name).withLabels({ [benchLabel]: id })
}

const createTestcontainers = (): Contender => {
  const started = new Map<string, StartedTestContainer>()
  let network: StartedNetwork | undefined
  return {
    async up(scene: Scene) {
      const own = await new Network({ nextUuid: () => `${id}-tc-${process.pid}` }).start()
      network = own
      const start = async ([name, program]: [string, Program]) => {
        started.set(name, await containerOf(name, program).withNetwork(own).start())
      }
      // Ordered by hand, as users do: first services without dependencies, then the others.
      const all = Object.entries(scenes[scene])
      await Promise.all(all.filter(([, { needs }]) => needs.length === 0).map(start))
      await Promise.all(all.filter(([, { needs }]) => needs.length > 0).map(start))
    },
    async exec() {
      const { stdout } = await (started.get('api') as StartedTestContainer).exec(['echo', 'hello'])
      if (stdout !== 'hello\n') throw new Error(`echo printed ${stdout}`)
    },
    async down() {
      await Promise.all([...started.values()].map((container) => container.stop()))
      await network?.stop()
    },
  }
}

export const contender = createTestcontainers()
