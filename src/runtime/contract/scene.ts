import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type {
  ContainerSpec,
  ContainerState,
  OutputChunk,
  Runtime,
  RuntimeEvent,
} from '../runtime.ts'
import type { ContractHarness } from './harness.ts'

export type Labels = Readonly<Record<string, string>>

/** What every test of the contract stands in: a runtime, and names that are its own. */
export interface Scene {
  readonly runtime: Runtime
  readonly image: string
  readonly programs: ContractHarness['programs']
  /** On everything that the suite makes. */
  readonly labels: Labels
  /** A network and a running sandbox on it, for tests that only need some sandbox. */
  readonly home: { readonly network: string; readonly sandbox: string }
  name(what: string): string
  network(size?: number): Promise<string>
  /** A container that holds a sandbox on the network. */
  startSandbox(
    network: string,
    aliases?: readonly string[],
    ports?: readonly number[],
  ): Promise<string>
  /** A created container of the suite's image; joins `sandbox` when it is a container's id. */
  program(
    sandbox: string,
    command: readonly string[],
    more?: Partial<ContainerSpec>,
  ): Promise<string>
}

export const createScene = async (harness: ContractHarness, suite: string): Promise<Scene> => {
  const runtime = await harness.create()
  const image = await harness.image()
  const count = { value: 0 }
  const labels = { 'dev.mesocosm.contract': `${suite}-${process.pid}-${Date.now()}` }
  const name = (what: string) => `mesocosm-contract-${process.pid}-${what}-${++count.value}`

  const startSandbox: Scene['startSandbox'] = async (network, aliases = [], ports = []) => {
    const { reference } = await runtime.image({ kind: 'sandbox' })
    const id = await runtime.create({
      name: name('sandbox'),
      image: reference,
      labels,
      network: { kind: 'own', network, aliases },
      publish: ports.map((port) => ({ port, protocol: 'tcp' })),
    })
    await runtime.start(id)
    return id
  }

  const network: Scene['network'] = (size = 8) =>
    runtime.createNetwork({ name: name('network'), labels, size })
  const home = await network(200)

  return {
    runtime,
    image,
    home: { network: home, sandbox: await startSandbox(home) },
    programs: harness.programs,
    labels,
    name,
    startSandbox,
    network,
    program: (sandbox, command, more = {}) =>
      runtime.create({
        name: name('program'),
        image,
        labels,
        command,
        network: { kind: 'joined', container: sandbox },
        ...more,
      }),
  }
}

/** Removes all that the suite made. */
export const strike = async ({ runtime, labels }: Scene): Promise<void> => {
  const { containers, networks } = await runtime.list(labels)
  await Promise.all(containers.map(({ id }) => runtime.remove('container', id)))
  await Promise.all(networks.map(({ id }) => runtime.remove('network', id)))
  await runtime[Symbol.asyncDispose]()
}

/** Gathers a program's output. */
export const createOutput = () => {
  const chunks: Record<OutputChunk['stream'], Uint8Array[]> = { stdout: [], stderr: [] }
  return {
    add: ({ stream, bytes }: OutputChunk) => void chunks[stream].push(bytes.slice()),
    text: (stream: OutputChunk['stream'] = 'stdout') => Buffer.concat(chunks[stream]).toString(),
  }
}

/** Asks again until it is true, at most 10 s. */
export const until = async <T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> => {
  const deadline = performance.now() + 10_000
  for (;;) {
    const found = await ask()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) {
      throw new MesocosmError({ code: 'TIMEOUT', message: `${what} did not come true within 10 s` })
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** State once the program has ended. */
export const ended = ({ runtime }: Scene, id: string): Promise<ContainerState> =>
  until('the end of the program', async () => {
    const state = await runtime.inspect(id)
    return state?.status === 'exited' && state
  })

/** Body of an HTTP answer from a published port, as soon as there is one. */
export const answer = async (
  { runtime }: Scene,
  sandbox: string,
  port: number,
): Promise<string> => {
  const { host } = await runtime.info()
  return until(`an answer from port ${port}`, async () => {
    const published = (await runtime.inspect(sandbox))?.published[`${port}/tcp`]
    if (published === undefined) return undefined
    try {
      const response = await fetch(`http://${host}:${published}/`, {
        headers: { connection: 'close' },
      })
      return await response.text()
    } catch {
      // Nothing listens yet; asked again until the deadline.
      return undefined
    }
  })
}

export const kinds = (events: readonly RuntimeEvent[], container: string): string[] =>
  events.flatMap((event) =>
    'container' in event && event.container === container ? [event.kind] : [],
  )
