import { attachSecondary } from '../errors/attach-secondary.ts'
import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'
import type { SandboxConfig } from '../plan/desired.ts'
import type { ContainerSpec, ContainerState } from '../runtime/runtime.ts'
import type { EngineContext } from './context.ts'
import type { Sandbox } from './group-members.ts'

/** A port can be taken between the moment it was picked and the start. */
const portTries = 4

/** Creates and starts the container that keeps a service's sandbox on the network, on free ports of the host. */
export const startSandbox = async (
  context: EngineContext,
  service: string,
  made: {
    readonly sandbox: SandboxConfig
    readonly hash: string
    readonly spec: Omit<ContainerSpec, 'image' | 'publish'>
  },
): Promise<Sandbox> => {
  const { sandbox, hash } = made
  const { reference: image } = await context.runtime.image({ kind: 'sandbox' })
  for (let tries = 1; ; tries++) {
    const hostPorts = await context.freePorts?.pick(sandbox.publish.length)
    const publish = sandbox.publish.map((port, index) => {
      const hostPort = hostPorts?.[index]
      return hostPort === undefined ? port : { ...port, hostPort }
    })
    try {
      const spec = { ...made.spec, image, publish }
      const state = await context.limit(() => startKept(context, service, spec))
      return { id: state.id, hash, config: sandbox, connected: true, state }
    } catch (error) {
      const taken = isMesocosmError(error) && error.code === 'PORT_TAKEN'
      if (!taken || hostPorts === undefined || tries === portTries) throw error
    }
  }
}

// ---

const startKept = async (
  { runtime }: EngineContext,
  service: string,
  spec: ContainerSpec,
): Promise<ContainerState> => {
  const id = await runtime.create(spec)
  try {
    await runtime.start(id)
    const state = await runtime.inspect(id)
    if (state?.status === 'running') return state
    throw sandboxGone(service, state?.exitCode)
  } catch (error) {
    await runtime.remove('container', id).catch((second: unknown) => attachSecondary(error, second))
    throw error
  }
}

const sandboxGone = (service: string, exitCode: number | undefined) =>
  new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `the container that keeps the network sandbox of ${service} ended at once (exit code ${exitCode ?? 'unknown'})`,
    remedy:
      'check that the engine runs images of its own architecture: `docker run --rm hello-world`',
    facts: { service },
  })
