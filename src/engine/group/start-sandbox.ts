import { attachSecondary } from '../../errors/attach-secondary.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import type { SandboxConfig } from '../../plan/desired.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { ContainerState, SandboxSpec } from '../../runtime/runtime.ts'
import type { EngineContext } from '../run/context.ts'
import type { Sandbox } from './group-members.ts'

/** Another process may take a port between the pick and the start. */
const portTries = 4

/**
 * Creates and starts a service's sandbox container, published on free ports of the host.
 *
 * @throws {MesocosmError} `SERVICE_START_FAILED`, `PORT_TAKEN`, `RUNTIME_UNSUPPORTED`
 */
export const startSandbox = async (
  context: EngineContext,
  service: string,
  made: {
    readonly sandbox: SandboxConfig
    readonly hash: string
    readonly spec: Omit<SandboxSpec, 'publish'>
  },
): Promise<Sandbox> => {
  const { sandbox, hash } = made
  for (let tries = 1; ; tries++) {
    const hostPorts = await context.freePorts?.pick(sandbox.publish.length)
    const publish = sandbox.publish.map((port, index) => {
      const hostPort = hostPorts?.[index]
      return hostPort === undefined ? port : { ...port, hostPort }
    })
    try {
      const spec = { ...made.spec, publish }
      const state = await context.limit(() => startOne(context, service, spec))
      return { id: state.id, hash, config: sandbox, connected: true, state }
    } catch (error) {
      const taken = isMesocosmError(error) && error.code === 'PORT_TAKEN'
      if (!taken || hostPorts === undefined || tries === portTries) throw error
    }
  }
}

// ---

const startOne = async (
  { runtime }: EngineContext,
  service: string,
  spec: SandboxSpec,
): Promise<ContainerState> => {
  const id = await requireAbility(runtime, 'createSandbox')(spec)
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
    message: `the network sandbox container of ${service} exited immediately with code ${exitCode ?? 'unknown'}`,
    remedy:
      'check that the engine runs images of its own architecture: `docker run --rm hello-world`',
    facts: { service },
  })
