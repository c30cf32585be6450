import type { Call } from '../../call/call.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { CommandContainer, CommandRequest } from '../../model/command-request.ts'
import { containerSettings } from '../../model/container-settings.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { ProgramConfig } from '../../plan/desired.ts'
import { outputVariables } from '../../plan/output-variables.ts'
import { outputsOf } from '../../plan/outputs.ts'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import type { EngineInfo } from '../../runtime/engine-info.ts'
import { label } from '../../runtime/labels.ts'
import { imageSource, resolveService } from '../image/resolve-service.ts'
import type { LaneCore } from './lane-core.ts'
import { ServiceOverrides } from './service-overrides.ts'
import { toDesiredService } from './to-desired-service.ts'

/** Containers of commands that use the lane: created here, started by who asked for them. */
export class LaneCommands {
  readonly #lane: LaneCore
  readonly #open = new Set<Promise<string>>()
  #made = 0

  constructor(lane: LaneCore) {
    this.#lane = lane
  }

  /**
   * Creates a container on the lane's network in which the services answer under their names. Its own files cannot be
   * changed, except if the service declares `files`; `/tmp` and the home folder are in memory. No socket is mounted.
   *
   * @throws {MesocosmError} `SERVICE_UNKNOWN`, `RUNTIME_UNSUPPORTED` on an engine without the caller's files or without containers, and what
   * pulls and builds throw.
   */
  async create(request: CommandRequest, call: Call): Promise<CommandContainer> {
    const { runtime, info, limit, warnings } = this.#lane.context
    if (info.processes) throw noContainers(request)
    assertHasFiles(info, request)
    const { name, program } = await this.#programOf(request)
    call.assertOpen()
    if (request.service !== undefined) await this.#lane.attachTelemetry([request.service])
    const door = await this.#lane.door.host
    const noProxy =
      program.noProxy === undefined
        ? {}
        : { noProxy: [...program.noProxy, ...(door === undefined ? [] : [door])] }
    const spec = this.#containerOf(request, { ...program, ...noProxy })
    const creating = limit(() =>
      runtime.create(spec, {
        onWarning: (text) => warnings.report(text, { service: name, lane: this.#lane.name }),
      }),
    )
    this.#open.add(creating)
    try {
      return { container: await creating, endpoint: info.endpoint }
    } catch (error) {
      this.#open.delete(creating)
      throw error
    }
  }

  /** Attaches all to the lane's network, which is a new one. */
  async attach(): Promise<void> {
    await this.#each((container, network) =>
      this.#lane.context.runtime.attach({ container, network, aliases: [] }),
    )
  }

  /** Detaches all, so that the network can be removed. */
  async detach(): Promise<void> {
    await this.#each((container, network) =>
      this.#lane.context.runtime.detach({ container, network }),
    )
  }

  async #each(act: (container: string, network: string) => Promise<void>): Promise<void> {
    const { network } = this.#lane.group.members
    if (network === undefined) return
    await Promise.all(
      [...this.#open].map(async (creating) => {
        const id = await creating.catch(() => undefined)
        if (id !== undefined) await act(id, network)
      }),
    )
  }

  /** Removes all containers, running ones too. */
  async closeAll(): Promise<void> {
    const { runtime } = this.#lane.context
    const open = [...this.#open]
    this.#open.clear()
    await Promise.all(
      open.map(async (creating) => {
        const id = await creating.catch(() => undefined)
        if (id !== undefined) await runtime.remove('container', id)
      }),
    )
  }

  /** Resolves image and environment as for a service of the lane. */
  async #programOf({ image, service }: CommandRequest) {
    const { context, spec: own, name: lane } = this.#lane
    const { name: topology, root } = own.spec
    // Not the name of any service, so that it hides none.
    const name = service ?? `image ${image}`
    const spec: ServiceSpec =
      service === undefined ? { image: image as string } : own.known(service)
    if (spec.endpoint !== undefined) throw isEndpoint(name)
    const where = { topology, root, name }
    const source = await imageSource(context.runtime, { ...where, spec })
    const resolved = await resolveService(context, where, source)
    const { program } = toDesiredService({
      name,
      resolved,
      services: own.complete,
      lane: { name: lane },
      overrides: new ServiceOverrides(),
      crashed: false,
      dependsOn: {},
      telemetry: { lane, run: context.run },
    })
    return { name, program }
  }

  #containerOf(request: CommandRequest, program: ProgramConfig): ContainerSpec {
    const { context, spec, name: lane, group } = this.#lane
    const { user, cwd, folders, env, argv, terminal } = request
    const { network } = group.members
    const identity = context.info.rootless ? '0:0' : user
    const home = { HOME: homeFolder, ...program.env, ...env }.HOME
    const targets = new Set(program.mounts.map(({ to }) => to))
    this.#made += 1
    return {
      name: `mesocosm-${context.run.slice(-6)}-${lane}-command-${this.#made}`,
      labels: {
        ...program.labels,
        ...context.labels,
        [label.topology]: spec.spec.name,
        [label.lane]: lane,
        [label.role]: 'command',
      },
      image: program.image,
      command: argv,
      ...(program.entrypoint === undefined ? {} : { entrypoint: program.entrypoint }),
      // An init as process 1, so that a program without handlers ends on signals; it signals its whole process group.
      init: true,
      ...containerSettings(program),
      env: {
        ...this.#addresses(),
        TINI_KILL_PROCESS_GROUP: '1',
        HOME: homeFolder,
        ...program.env,
        ...env,
      },
      user: identity,
      workdir: cwd,
      files: program.files,
      mounts: [
        ...folders.filter((to) => !targets.has(to)).map((path) => ({ from: path, to: path })),
        ...program.mounts,
      ],
      tmpfs: {
        '/tmp': 'exec,mode=1777',
        ...(home === homeFolder ? { [homeFolder]: 'exec,mode=1777' } : {}),
        ...program.tmpfs,
      },
      readOnlyRoot: program.files.length === 0,
      ...(program.noProxy === undefined ? {} : { noProxy: program.noProxy }),
      network: network === undefined ? { kind: 'none' } : { kind: 'own', network, aliases: [] },
      input: terminal ? 'terminal' : 'pipe',
    }
  }

  /** The outputs of all running services as variables, with addresses as seen from the lane's network. */
  #addresses(): Readonly<Record<string, string>> {
    const { spec, wanted, name } = this.#lane
    const context = { services: spec.complete, view: 'inside', lane: { name } } as const
    return outputVariables(
      Object.fromEntries([...wanted].map((service) => [service, outputsOf(context, service)])),
    ).env
  }
}

// ---

const homeFolder = '/home/mesocosm'

const noContainers = ({ image, service }: CommandRequest) =>
  new MesocosmError({
    code: 'RUNTIME_UNSUPPORTED',
    message: `the command cannot run in a container of ${service ?? image}: this runtime has only processes of this machine`,
    remedy: 'leave out --image and --in, or unset MESOCOSM_RUNTIME to use a container engine',
    facts: { command: service ?? image },
  })

/** On another machine, the engine would mount its own folder of that name, or make an empty one. */
const assertHasFiles = ({ endpoint, host }: EngineInfo, { folders }: CommandRequest): void => {
  const isLocal = /^(unix|npipe|memory):/.test(endpoint) || /^(localhost|127\.|::1)/.test(host)
  if (isLocal || folders.length === 0) return
  throw new MesocosmError({
    code: 'RUNTIME_UNSUPPORTED',
    message: `the project cannot be mounted: the engine at ${endpoint} is on another machine, which does not have ${folders.join(', ')}`,
    remedy: 'run the command without --image and --in, or use an engine of this machine',
    facts: { endpoint, folders },
  })
}

const isEndpoint = (service: string) =>
  new MesocosmError({
    code: 'SERVICE_UNKNOWN',
    message: `${service} has no image: it is an endpoint of the test`,
    remedy: 'name a service with `image` or `build`, or use --image',
    facts: { service },
  })
