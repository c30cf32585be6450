import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { RuntimeEvent } from '../container-event.ts'
import type { ContainerSpec } from '../container-spec.ts'
import type { ContainerState } from '../container-state.ts'
import { requireAbility } from '../require-ability.ts'
import type { OutputChunk } from '../running-program.ts'
import type { Runtime } from '../runtime.ts'
import type { ContractHarness } from './harness.ts'

/** The runtime under test, and what the tests of the contract share. */
export interface Scene {
  readonly runtime: Runtime
  /** Name of the harness's image. */
  readonly image: string
  readonly programs: ContractHarness['programs']
  /** On everything that the suite creates. */
  readonly labels: Readonly<Record<string, string>>
  /** A network and a running sandbox on it; no sandbox where the runtime has none. */
  readonly home: { readonly network: string; readonly sandbox: string | undefined }
  /** Returns a name that nothing else has. */
  name(what: string): string
  /** Creates a network; default for 8 members. */
  network(size?: number): Promise<string>
  /** Creates and starts a sandbox container; returns its id. */
  startSandbox(
    network: string,
    aliases?: readonly string[],
    ports?: readonly number[],
  ): Promise<string>
  /** Creates a container of the suite's image that joins the sandbox, or is on the home network without one. */
  program(
    sandbox: string | undefined,
    command: readonly string[],
    more?: Partial<ContainerSpec>,
  ): Promise<string>
}

/** Creates the runtime and what its tests share. */
export const createScene = async (harness: ContractHarness, suite: string): Promise<Scene> => {
  const runtime = await harness.create()
  const image = await harness.image()
  const count = { value: 0 }
  const labels = { 'dev.mesocosm.contract': `${suite}-${process.pid}-${Date.now()}` }
  const name = (what: string) => `mesocosm-contract-${process.pid}-${what}-${++count.value}`

  const startSandbox: Scene['startSandbox'] = async (network, aliases = [], ports = []) => {
    const id = await requireAbility(
      runtime,
      'createSandbox',
    )({
      name: name('sandbox'),
      labels,
      network,
      aliases,
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
    home: {
      network: home,
      sandbox: runtime.createSandbox === undefined ? undefined : await startSandbox(home),
    },
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
        network:
          sandbox === undefined
            ? { kind: 'own', network: home, aliases: [] }
            : { kind: 'joined', container: sandbox },
        ...more,
      }),
  }
}

/** Removes everything that the suite created. */
export const removeScene = async ({ runtime, labels }: Scene): Promise<void> => {
  const { containers, networks } = await runtime.list(labels)
  await Promise.all(containers.map(({ id }) => runtime.remove('container', id)))
  await Promise.all(networks.map(({ id }) => runtime.remove('network', id)))
  await runtime[Symbol.asyncDispose]()
}

/** Collects a program's output. */
export const createOutput = () => {
  const chunks: Record<OutputChunk['stream'], Uint8Array[]> = { stdout: [], stderr: [] }
  return {
    add: ({ stream, bytes }: OutputChunk) => void chunks[stream].push(bytes.slice()),
    text: (stream: OutputChunk['stream'] = 'stdout') => Buffer.concat(chunks[stream]).toString(),
  }
}

/** Polls until the result is neither `undefined` nor false, at most 60 s, and returns it. */
export const until = async <T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> => {
  const deadline = performance.now() + 60_000
  for (;;) {
    const found = await ask()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) {
      throw new MesocosmError({
        code: 'TIMEOUT',
        message: `timed out after 60 s waiting for ${what}`,
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Waits for a program to end; returns its container's state. */
export const ended = ({ runtime }: Scene, id: string): Promise<ContainerState> =>
  until('the program to end', async () => {
    const state = await runtime.inspect(id)
    return state?.status === 'exited' && state
  })

/** Waits for an HTTP response from a published port; returns its body. */
export const answer = async (
  { runtime }: Scene,
  sandbox: string,
  port: number,
): Promise<string> => {
  const { host } = await runtime.info()
  return until(`a response from port ${port}`, async () => {
    const published = (await runtime.inspect(sandbox))?.published[`${port}/tcp`]
    if (published === undefined) return undefined
    try {
      const response = await fetch(`http://${host}:${published}/`, {
        headers: { connection: 'close' },
      })
      return await response.text()
    } catch {
      // Nothing listens yet.
      return undefined
    }
  })
}

/** Returns the kinds of a container's events, in order. */
export const kinds = (events: readonly RuntimeEvent[], container: string): string[] =>
  events.flatMap((event) =>
    'container' in event && event.container === container ? [event.kind] : [],
  )
