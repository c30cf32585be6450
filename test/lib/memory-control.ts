import { unlimited } from '../../src/call/call.ts'
import { openLaneControl } from '../../src/control/lane-control.ts'
import type { ControlLimits } from '../../src/control/limits.ts'
import { RunEngine } from '../../src/engine/run/run-engine.ts'
import { app, daemon, openScene, topology } from '../../src/engine/test-scene.ts'
import type { ServiceCommands } from '../../src/model/service-commands.ts'
import type { ServiceSpec } from '../../src/model/service-spec.ts'
import type { MemoryProgram } from '../../src/runtime/memory/program.ts'
import { controlClient } from './control-client.ts'

/** Prints `up`, and `tick` at SIGUSR1. */
const talker: MemoryProgram = ({ print, onSignal, over }) =>
  new Promise((resolve) => {
    onSignal('SIGUSR1', () => print('tick\n'))
    onSignal('SIGTERM', () => resolve(0))
    over.addEventListener('abort', () => resolve(137))
    print('up\n')
  })

/** Opens the Control API of a lane on the in-memory runtime. For tests. */
export const openTestControl = async ({
  services = { api: app({ env: { FEATURE: 'off' } }) },
  commands = {},
  limits = {},
}: {
  readonly services?: Readonly<Record<string, ServiceSpec>>
  readonly commands?: Readonly<Record<string, ServiceCommands>>
  readonly limits?: Partial<ControlLimits>
} = {}) => {
  const scene = await openScene({ programs: { daemon, talker } })
  const listeners = new Map<string, Set<() => void>>()
  const engine = new RunEngine(
    {
      ...scene.context,
      logged: (lane, service) => {
        for (const listener of listeners.get(`${lane}/${service}`) ?? []) listener()
      },
    },
    scene.redactor,
  )
  await engine.watch(() => {})
  using call = unlimited('the lease')
  const lane = await engine.lease({
    spec: topology(services),
    key: undefined,
    slot: undefined,
    reset: undefined,
    call,
    signal: call.signal,
  })
  await lane.start(undefined, call)
  const control = await openLaneControl({
    engine,
    lane,
    redactor: scene.redactor,
    commands,
    limits,
    watchLog: (logLane, service, listener) => {
      const topic = `${logLane}/${service}`
      const known = listeners.get(topic) ?? new Set()
      listeners.set(topic, known.add(listener))
      return { [Symbol.dispose]: () => void known.delete(listener) }
    },
  })
  return {
    scene,
    engine,
    lane,
    control,
    client: controlClient(control),
    /** Number of listeners of logs that are left. */
    listening: () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
    async [Symbol.asyncDispose]() {
      await control.close()
      await engine[Symbol.asyncDispose]()
      await scene[Symbol.asyncDispose]()
    },
  }
}
