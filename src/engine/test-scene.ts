import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Call, unlimited } from '../call/call.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import type { ContainerSpec } from '../runtime/container-spec.ts'
import { label } from '../runtime/labels.ts'
import {
  createMemoryRuntime,
  type MemoryRuntime,
  type RuntimeCall,
} from '../runtime/memory/memory-runtime.ts'
import type { MemoryImage, MemoryProgram, ProgramContext } from '../runtime/memory/program.ts'
import type { EventKind, TraceEvent } from '../trace/event/event.ts'
import { createLogReader, logStart } from '../trace/read/log-reader.ts'
import { createRedactor, type Redactor } from '../trace/write/redact.ts'
import { openRunRecord } from '../trace/write/run-record.ts'
import { ImageWorks } from './image/image-works.ts'
import type { EngineContext } from './run/context.ts'
import { openEngineClock } from './run/engine-clock.ts'
import { createLimit } from './run/limit.ts'
import { createShortcuts } from './run/shortcuts.ts'
import type { EngineWaits } from './run/waits.ts'
import { createWarnings } from './run/warnings.ts'
import { createTunnels } from './tunnel/tunnels.ts'

/** A run over the in-memory runtime, with its record in a folder of its own. For tests. */
export interface Scene extends AsyncDisposable {
  readonly runtime: MemoryRuntime
  readonly context: EngineContext
  readonly redactor: Redactor
  readonly progress: readonly RunEvent[]
  /** Calls on the runtime so far. */
  readonly calls: readonly RuntimeCall[]
  /** The names of containers that were created so far, without the run's prefix. */
  created(): string[]
  /** Status of existing containers, by name without the run's prefix. */
  containers(): Promise<Record<string, string>>
  events(): TraceEvent[]
  events<K extends EventKind>(kind: K): TraceEvent<K>[]
  /** Lines of a service in the record. */
  lines(lane: string, service: string): string[]
}

/** Programs and failures of the in-memory runtime. */
export interface SceneOptions {
  readonly programs: Readonly<Record<string, MemoryProgram | MemoryImage>>
  /** Returns what this call throws. */
  readonly fail?: (call: RuntimeCall) => Error | undefined
  /** Where the folder of the record is created; default the folder of temporary files. */
  readonly folder?: string
  /** Returns what this call waits for. */
  readonly hold?: (call: RuntimeCall) => Promise<unknown> | undefined
  /** Returns what the engine warns of when it creates a container. */
  readonly warn?: (spec: ContainerSpec) => readonly string[]
  /** How long the engine may take. */
  readonly waits?: Partial<EngineWaits>
}

const run = 'test-abcdef'
const prefix = `mesocosm-${run.slice(-6)}-`

/** Opens a scene; dispose it to remove its record. */
export const openScene = async (options: SceneOptions): Promise<Scene> => {
  const { programs, fail, hold, warn, waits = {} } = options
  const folder = mkdtempSync(join(options.folder ?? tmpdir(), 'mesocosm-unit-'))
  const calls: RuntimeCall[] = []
  const runtime = createMemoryRuntime({
    programs,
    fail: (call) => {
      calls.push(call)
      return fail?.(call)
    },
    ...(hold === undefined ? {} : { hold }),
    ...(warn === undefined ? {} : { warn }),
  })
  const redactor = createRedactor()
  const record = openRunRecord(folder, run, redactor)
  const progress: RunEvent[] = []
  const onProgress = (event: RunEvent) => void progress.push(event)
  const labels = { [label.made]: '1', [label.run]: run }
  const limit = createLimit(8)
  const context: EngineContext = {
    runtime,
    info: await runtime.info(),
    record,
    images: new ImageWorks(record),
    run,
    labels,
    limit,
    tunnels: createTunnels({ runtime, limit, run, labels }),
    freePorts: undefined,
    clock: openEngineClock(runtime, await runtime.info(), record.events),
    shortcuts: createShortcuts(record.events),
    warnings: createWarnings(record.events, onProgress),
    waits,
    progress: onProgress,
    logged: () => {},
  }
  return {
    runtime,
    context,
    redactor,
    progress,
    calls,
    created: () =>
      calls
        .filter(({ method }) => method === 'create' || method === 'createSandbox')
        .map(({ args }) => (args[0] as { name: string }).name.replace(prefix, '')),
    containers: async () => {
      const { containers } = await runtime.list({})
      return Object.fromEntries(
        containers.map(({ name, status }) => [name.replace(prefix, ''), status]),
      )
    },
    events: (kind?: EventKind) =>
      readdirSync(join(record.folder, 'ev'))
        .flatMap((file) =>
          readFileSync(join(record.folder, 'ev', file), 'utf8')
            .trim()
            .split('\n'),
        )
        .map((line) => JSON.parse(line) as never)
        .filter(({ k }: TraceEvent) => kind === undefined || k === kind),
    lines: (lane, service) =>
      createLogReader(record.logFolder, lane, service)
        .read(logStart)
        .lines.map(({ text }) => text),
    async [Symbol.asyncDispose]() {
      await runtime[Symbol.asyncDispose]()
      record[Symbol.dispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Prints `up` and runs until it gets a signal. With `FAIL` in its environment it exits with 1; with `SILENT` it prints nothing. */
export const daemon = ({ print, over, onSignal, env }: ProgramContext): Promise<number> =>
  new Promise((resolve) => {
    if (env.FAIL !== undefined) {
      print(`failed: ${env.FAIL}\n`, 'stderr')
      resolve(1)
      return
    }
    onSignal('SIGTERM', () => {
      print('bye\n')
      resolve(0)
    })
    over.addEventListener('abort', () => resolve(137))
    if (env.SILENT === undefined) print('up\n')
  })

/** A service that is ready when it has printed `up`. */
export const app = (more: Partial<ServiceSpec> = {}): ServiceSpec => ({
  image: 'daemon',
  ready: { kind: 'log', pattern: 'up' },
  readyTimeoutMs: 2_000,
  ...more,
})

/** Returns a topology spec of these services. */
export const topology = (
  services: Readonly<Record<string, ServiceSpec>>,
  name = 'shop',
): TopologySpec => ({ name, root: '/', services })

/** The caller in tests: a call without a limit. */
export const asked: Call = unlimited('the test')
