import { attachSecondary } from '../../errors/attach-secondary.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import type { SandboxConfig } from '../../plan/desired.ts'
import type { SandboxSpec } from '../../runtime/container-spec.ts'
import type { ContainerState } from '../../runtime/container-state.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
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
    /** Image of the service. */
    readonly image: string
    readonly lane: string
    /** Among the engine calls that wait. */
    readonly rank: number
    readonly spec: Omit<SandboxSpec, 'publish'>
  },
): Promise<Sandbox> => {
  const { sandbox, hash } = made
  const where = { service, lane: made.lane }
  for (let tries = 1; ; tries++) {
    const hostPorts = tries > portTries ? undefined : await pickPorts(context, sandbox, where)
    const publish = sandbox.publish.map((port, index) => {
      const hostPort = hostPorts?.[index]
      return hostPort === undefined ? port : { ...port, hostPort }
    })
    try {
      const spec = { ...made.spec, publish }
      const state = await context.limit(() => startOne(context, where, spec, made.image), made.rank)
      return { id: state.id, hash, config: sandbox, connected: true, state }
    } catch (error) {
      const taken = isMesocosmError(error) && error.code === 'PORT_TAKEN'
      if (!taken || hostPorts === undefined) throw error
      if (tries === portTries) context.shortcuts.failed('picked ports', error, where)
    }
  }
}

// ---

interface Where {
  readonly service: string
  readonly lane: string
}

/** Returns ports to publish at, or none so that the engine picks them. */
const pickPorts = async (
  { freePorts, shortcuts }: EngineContext,
  { publish }: SandboxConfig,
  where: Where,
): Promise<readonly number[] | undefined> => {
  try {
    return await freePorts?.pick(publish.length)
  } catch (error) {
    shortcuts.failed('picked ports', error, where)
    return undefined
  }
}

const startOne = async (
  context: EngineContext,
  where: Where,
  spec: SandboxSpec,
  image: string,
): Promise<ContainerState> => {
  const { runtime } = context
  const id = await create(context, where, spec, image)
  try {
    await runtime.start(id)
    const state = await runtime.inspect(id)
    if (state?.status === 'running') return state
    throw sandboxGone(where.service, state?.exitCode)
  } catch (error) {
    await runtime.remove('container', id).catch((second: unknown) => attachSecondary(error, second))
    throw error
  }
}

/** Creates the sandbox; if that fails, an idle container of the service's image does the same. */
const create = async (
  { runtime, shortcuts, warnings }: EngineContext,
  where: Where,
  spec: SandboxSpec,
  image: string,
): Promise<string> => {
  const createSandbox = requireAbility(runtime, 'createSandbox')
  const options = { onWarning: (text: string) => warnings.report(text, where) }
  try {
    return await createSandbox(spec, options)
  } catch (error) {
    const { network, aliases, ...rest } = spec
    const own = { kind: 'own', network, aliases } as const
    const id = await runtime
      .create({ ...rest, image, idle: true, network: own }, options)
      .catch((second: unknown) => {
        attachSecondary(error, second)
        throw error
      })
    shortcuts.failed('sandbox image', error, where)
    return id
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
