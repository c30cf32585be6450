// A later process: finds the running containers through `withReuse`, or starts them.
import { GenericContainer, Wait } from 'testcontainers'

const { BENCH_ID: id, BENCH_LABEL: label, BENCH_SCENE: scene, BENCH_NETWORK: network } = process.env
const started = new Map()
const start = async ([name, { image, command, env, port, ready }]) => {
  const container = new GenericContainer(image)
    .withExposedPorts(port)
    .withEnvironment(env)
    .withNetworkMode(network)
    .withNetworkAliases(name)
    .withLabels({ [label]: id })
    .withReuse()
  if (command !== undefined) container.withCommand(command)
  if (ready === 'http') container.withWaitStrategy(Wait.forHttp('/', port))
  started.set(name, await container.start())
}
const all = Object.entries(JSON.parse(scene))
await Promise.all(all.filter(([, { needs }]) => needs.length === 0).map(start))
await Promise.all(all.filter(([, { needs }]) => needs.length > 0).map(start))
const api = started.get('api')
process.stdout.write(`http://${api.getHost()}:${api.getFirstMappedPort()}`)
