import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { ProgressEvent } from '../engine/context.ts'
import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run-engine.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { type LaneView, type MethodName, type Methods, type ParamsOf, protocolVersion, type ResultOf, type RunFacts } from '../protocol/methods.ts'
import { validateTopology } from '../schema/validate.ts'
import { Connection } from './connection.ts'

export interface SupervisorOptions {
  readonly token: string
  readonly folder: string
  readonly run: string
  readonly graceMs: number
  readonly engine: Promise<RunEngine>
  /** Called once, when the run shall end: no client for the grace, `down`, or a lost engine. */
  readonly onEnd: (reason: string) => void
}

type Methodical = { [M in MethodName]: (params: ParamsOf<M>, signal: AbortSignal, connection: Connection) => Promise<ResultOf<M>> }

/**
 * Serves the clients of one run. **A connection is a lease**: whatever ends a client closes it,
 * and its lanes come back to be reset. When the last client has gone, the run ends after a grace.
 */
export class Supervisor {
  keep = false
  readonly #options: SupervisorOptions
  readonly #connections = new Set<Connection>()
  readonly #held = new Map<Lane, Connection>()
  readonly #logWatchers = new Map<string, Set<Connection>>()
  readonly #progressWatchers = new Set<Connection>()
  readonly #started = performance.now()
  readonly #methods: Methodical
  #idle: NodeJS.Timeout | undefined
  #ended = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#methods = this.#makeMethods()
    this.#watchIdle(Math.max(options.graceMs, 30_000))
  }

  accept(socket: Socket): void {
    const connection: Connection = new Connection(
      socket,
      (method, params, signal) => this.#dispatch(connection, method, params, signal),
      () => this.#left(connection),
    )
    this.#connections.add(connection)
  }

  progress(event: ProgressEvent): void {
    for (const watcher of this.#progressWatchers) watcher.notify('progress', { ...event })
  }

  logged(lane: string, service: string): void {
    for (const watcher of this.#logWatchers.get(`${lane}/${service}`) ?? []) watcher.notify('log', { lane, service })
  }

  closeAll(): void {
    for (const connection of this.#connections) connection.close()
  }

  // ---

  async #dispatch(connection: Connection, method: MethodName, params: never, signal: AbortSignal): Promise<unknown> {
    if (this.#ended)
      throw new MesocosmError({ code: 'SUPERVISOR_GONE', message: 'this run is ending', remedy: 'connect again' })
    if (method !== 'hello' && !connection.greeted)
      throw new MesocosmError({ code: 'PROTOCOL', message: 'the first call must be hello' })
    const known = Object.hasOwn(this.#methods, method) ? this.#methods[method] : undefined
    if (known === undefined) throw new MesocosmError({ code: 'PROTOCOL', message: `unknown method ${method}` })
    return known(params, signal, connection)
  }

  #left(connection: Connection): void {
    this.#connections.delete(connection)
    this.#progressWatchers.delete(connection)
    for (const watchers of this.#logWatchers.values()) watchers.delete(connection)
    for (const [lane, holder] of this.#held) {
      if (holder !== connection) continue
      this.#held.delete(lane)
      // It did not say goodbye, so it may have died in the middle of anything.
      void this.#options.engine.then((engine) => engine.release(lane, 'deep'))
    }
    this.#watchIdle(this.#options.graceMs)
  }

  #watchIdle(graceMs: number): void {
    clearTimeout(this.#idle)
    const inUse = [...this.#connections].some(({ observer, greeted }) => greeted && !observer)
    if (inUse || this.keep || this.#ended) return
    this.#idle = setTimeout(() => this.#end('no client'), graceMs)
  }

  #end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#idle)
    this.#options.onEnd(reason)
  }

  async #facts(): Promise<RunFacts> {
    const { context } = await this.#options.engine
    const { name, version, endpoint } = context.info
    return {
      run: context.run,
      folder: context.record.folder,
      engine: `${name} ${version} at ${endpoint}`,
      pid: process.pid,
      kept: this.keep,
    }
  }

  #lane(name: string, connection: Connection): Promise<Lane> {
    return this.#options.engine.then(({ lanes }) => {
      const lane = lanes.get(name)
      if (lane !== undefined && this.#held.get(lane) === connection) return lane
      throw new MesocosmError({
        code: 'LANE_RELEASED',
        message: `lane ${name} is not held by this client`,
        remedy: 'lease it again: a released lane may be in use by somebody else',
        facts: { lane: name },
      })
    })
  }

  /** A lane that the client holds; one who only looks on may look into every lane. */
  async #visible(name: string, connection: Connection): Promise<Lane> {
    const lane = connection.observer ? (await this.#options.engine).lanes.get(name) : undefined
    return lane ?? this.#lane(name, connection)
  }

  #notFree(name: string, lane: Lane | undefined): MesocosmError {
    const holder = lane === undefined ? undefined : this.#held.get(lane)
    return new MesocosmError({
      code: lane === undefined ? 'LANE_RELEASED' : 'LANE_BUSY',
      message:
        lane === undefined
          ? `there is no lane ${name} in this run`
          : `lane ${name} is held by ${holder?.client ?? 'a client that is leaving'}${holder === undefined ? '' : ` (process ${holder.pid})`}`,
      remedy: lane === undefined ? '`mesocosm ps` shows the lanes' : 'wait until it is released, or name another lane',
      facts: { lane: name, ...(holder === undefined ? {} : { client: holder.client, pid: holder.pid }) },
    })
  }

  /** A method on a service of a held lane, which answers with the lane as it is afterwards. */
  #change<M extends MethodName>(
    act: (lane: Lane, params: ParamsOf<M> & { readonly service: string }) => Promise<void>,
  ): (params: ParamsOf<M>, signal: AbortSignal, connection: Connection) => Promise<LaneView> {
    return async (params, _signal, connection) => {
      const at = params as ParamsOf<M> & { readonly lane: string; readonly service: string }
      const lane = await this.#lane(at.lane, connection)
      await act(lane, at)
      return viewOf(lane)
    }
  }

  #makeMethods(): Methodical {
    const { engine } = this.#options
    return {
      hello: async (params, _signal, connection) => {
        this.#authenticate(params)
        connection.greeted = true
        connection.client = params.client
        connection.pid = params.pid
        connection.observer = params.observer ?? false
        clearTimeout(this.#idle)
        this.#watchIdle(this.#options.graceMs)
        return this.#facts()
      },
      lease: async (params, signal, connection) => {
        const spec = validateTopology(params.spec)
        const within = params.timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(params.timeoutMs)])
        const run = await engine
        const lane = await run.lease({ spec, key: params.key, slot: params.slot, reset: params.reset, signal: within })
        // The client may have gone while it waited.
        if (!this.#connections.has(connection)) {
          run.release(lane, 'light')
          throw new MesocosmError({ code: 'ABORTED', message: 'the client has gone' })
        }
        this.#held.set(lane, connection)
        try {
          await lane.start(params.services)
        } catch (error) {
          this.#held.delete(lane)
          run.release(lane, 'deep')
          throw error
        }
        return viewOf(lane)
      },
      take: async ({ lane: name }, _signal, connection) => {
        const { lanes } = await engine
        const lane = lanes.take(name)
        if (lane === undefined) throw this.#notFree(name, lanes.get(name))
        this.#held.set(lane, connection)
        return viewOf(lane)
      },
      start: async ({ lane: name, services }, _signal, connection) => {
        const lane = await this.#lane(name, connection)
        await lane.start(services)
        return viewOf(lane)
      },
      release: async ({ lane: name, dirty }, _signal, connection) => {
        const lane = await this.#lane(name, connection)
        this.#held.delete(lane)
        ;(await engine).release(lane, dirty)
        return null
      },
      reset: async ({ lane: name, level }, _signal, connection) => {
        const lane = await this.#lane(name, connection)
        await lane.reset(level)
        return viewOf(lane)
      },
      setEnv: async ({ lane: name, service, patch, stacked, dependents }, _signal, connection) => {
        const lane = await this.#lane(name, connection)
        const before = lane.viewOf(service).env
        const { id } = await lane.changeEnv(service, patch, { stacked, dependents })
        const keys = Object.keys(patch)
        ;(await engine).context.record.events.write('env.change', {
          l: name,
          s: service,
          diff: Object.fromEntries(keys.map((key) => [key, [before[key] ?? null, patch[key] ?? null]])),
          stacked,
        })
        return { id, view: viewOf(lane) }
      },
      dropEnv: this.#change<'dropEnv'>((lane, { service, id, dependents }) => lane.dropEnv(service, id, { dependents })),
      restart: this.#change<'restart'>((lane, { service, graceMs }) => lane.restart(service, graceMs)),
      stop: this.#change<'stop'>((lane, { service, graceMs }) => lane.stop(service, graceMs)),
      startService: this.#change<'startService'>((lane, { service }) => lane.startAgain(service)),
      kill: this.#change<'kill'>((lane, { service, signal }) => lane.kill(service, signal)),
      pause: this.#change<'pause'>((lane, { service, paused }) => lane.setPaused(service, paused)),
      link: this.#change<'link'>((lane, { service, connected }) => lane.setConnected(service, connected)),
      add: async ({ lane: name, name: service, service: spec }, _signal, connection) => {
        const lane = await this.#lane(name, connection)
        await lane.add(service, spec)
        ;(await engine).context.record.events.write('svc.add', { l: name, s: service })
        return viewOf(lane)
      },
      remove: async ({ lane: name, service }, _signal, connection) => {
        const lane = await this.#lane(name, connection)
        await lane.remove(service)
        ;(await engine).context.record.events.write('svc.remove', { l: name, s: service })
        return viewOf(lane)
      },
      exec: async ({ lane: name, service, request, timeoutMs }, signal, connection) => {
        const lane = await this.#visible(name, connection)
        const { events } = (await engine).context.record
        const { stdin: _, ...shown } = request
        const span = events.span('exec', { l: name, s: service, ...shown })
        try {
          const result = await lane.exec(service, request, { timeoutMs, signal })
          span.end({ exit: result.exitCode, ms: result.durationMs, ...clipped(result) })
          return result
        } catch (error) {
          span.end({ error: String(error) })
          throw error
        }
      },
      watchLogs: async ({ lane: name, service }, _signal, connection) => {
        const { logLane, logName } = (await this.#visible(name, connection)).viewOf(service)
        const topic = `${logLane}/${logName}`
        const watchers = this.#logWatchers.get(topic) ?? new Set()
        this.#logWatchers.set(topic, watchers.add(connection))
        return null
      },
      ps: async () => ({
        ...(await this.#facts()),
        uptimeMs: Math.round(performance.now() - this.#started),
        lanes: (await engine).lanes.all().map(({ lane, held }) => ({ ...viewOf(lane), held, topology: lane.topology })),
        clients: [...this.#connections].filter(({ greeted }) => greeted).map(({ client, pid }) => ({ client, pid })),
      }),
      plan: async ({ spec: input }) => {
        const text = await (await engine).plan(validateTopology(input))
        return text === undefined ? {} : { text }
      },
      watch: async (_params, _signal, connection) => {
        this.#progressWatchers.add(connection)
        return null
      },
      keep: async ({ keep }) => {
        this.keep = keep
        this.#watchIdle(this.#options.graceMs)
        return null
      },
      // Never answered: the connection closes when everything is gone.
      down: () => {
        this.#end('down')
        return new Promise(() => {})
      },
    }
  }

  #authenticate({ token, version }: Methods['hello']['params']): void {
    const expected = Buffer.from(this.#options.token)
    const given = Buffer.from(token)
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new MesocosmError({ code: 'PROTOCOL', message: 'wrong token' })
    if (version === protocolVersion) return
    throw new MesocosmError({
      code: 'PROTOCOL',
      message: `this supervisor speaks version ${protocolVersion}, the client version ${version}`,
      remedy: 'end the old supervisor with `mesocosm down`, or use one version of mesocosm in the project',
    })
  }
}

const viewOf = (lane: Lane): LaneView => ({ lane: lane.name, services: lane.view() })

/** Output up to this many characters goes into the event itself. */
const inlineOutput = 8 * 1024

const clipped = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => ({
  stdout: stdout.slice(0, inlineOutput),
  stderr: stderr.slice(0, inlineOutput),
  ...(stdout.length > inlineOutput || stderr.length > inlineOutput ? { truncated: true } : {}),
})
