import Docker from 'dockerode'
import type { Program } from '../scenes.ts'
import type { Address } from './answers.ts'
import { benchLabel, contenderSettings } from './settings.ts'

/** Returns a client of the engine at `DOCKER_HOST`, or at the default address. */
export const engine = (): Docker => new Docker()

/** Returns the part of the create body that describes the program. */
export const programBody = (
  name: string,
  { image, command, env }: Pick<Program, 'image' | 'command' | 'env'>,
): Docker.ContainerCreateOptions => ({
  name,
  Image: image,
  ...(command === undefined ? {} : { Cmd: [...command] }),
  Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
  Labels: { [benchLabel]: contenderSettings().id },
})

/** Returns the part of the create body that attaches to a network and publishes the port. */
export const networkBody = (network: string, service: string, port: number) => ({
  Hostname: service,
  ExposedPorts: { [`${port}/tcp`]: {} },
  HostConfig: {
    NetworkMode: network,
    PortBindings: { [`${port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '0' }] },
  },
  NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [service] } } },
})

/** Returns the address of a running container on its only network. */
export const addressOf = async (container: Docker.Container, port: number): Promise<Address> => {
  const { NetworkSettings } = await container.inspect()
  const host = Object.values(NetworkSettings.Networks)[0]?.IPAddress
  if (host === undefined) throw new Error('the container has no address')
  return { host, port }
}

/** Runs a program in a container and returns its exit code and output. */
export const execIn = async (container: Docker.Container, argv: readonly string[]) => {
  const exec = await container.exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true })
  const stream = await exec.start({ hijack: true, stdin: false })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const { ExitCode: exitCode } = await exec.inspect()
  return { exitCode, output: Buffer.concat(chunks).toString() }
}

/** Creates a network. `owner` is the value of the label by which leftovers are found. */
export const createNetwork = (
  docker: Docker,
  name: string,
  owner: string,
): Promise<Docker.Network> =>
  docker.createNetwork({
    Name: name,
    Driver: 'bridge',
    CheckDuplicate: true,
    Labels: { [benchLabel]: owner },
  })

/** Removes containers in parallel, then the sandboxes that they joined, then their network. */
export const removeAll = async (
  containers: readonly Docker.Container[],
  network: Docker.Network | undefined,
  sandboxes: readonly Docker.Container[] = [],
): Promise<void> => {
  for (const some of [containers, sandboxes])
    await Promise.all(some.map((container) => container.remove({ force: true, v: true })))
  await network?.remove()
}
