import { describe, expect, test } from 'vitest'
import { configHash } from './config-hash.ts'
import type {
  DesiredService,
  DesiredState,
  ObservedProgram,
  ObservedSandbox,
  ObservedService,
  ObservedState,
  ProgramConfig,
} from './desired.ts'
import { type ReconcileOptions, reconcile, teardown } from './reconcile.ts'
import { renderPlan } from './render.ts'

describe('a new group', () => {
  test('starts all sandboxes at once and programs as their dependencies allow', () => {
    const api = service('api', { dependsOn: { db: 'healthy', mail: 'started', init: 'completed' } })
    expect(planned([api, service('db'), service('mail'), service('init')], nothing)).toBe(`
#1 create network  (no network yet)
#2 start sandbox db  after #1  (does not exist yet)
#3 start sandbox mail  after #1  (does not exist yet)
#4 start sandbox init  after #1  (does not exist yet)
#5 start sandbox api  after #1  (does not exist yet)
#6 create program db  after #2  (does not exist yet)
#7 create program mail  after #3  (does not exist yet)
#8 create program init  after #4  (does not exist yet)
#9 create program api  after #5  (does not exist yet)
#10 start program db  after #6  (does not exist yet)
#11 await ready db  after #10  (not ready yet)
#12 start program mail  after #7  (does not exist yet)
#13 await ready mail  after #12  (not ready yet)
#14 start program init  after #8  (does not exist yet)
#15 await completed init  after #14  (not completed yet)
#16 start program api  after #9 #11 #12 #15  (does not exist yet)
#17 await ready api  after #16  (not ready yet)
`)
  })

  test('does not start what should be stopped, but keeps its sandbox and program at hand', () => {
    expect(planned([service('db', { state: 'stopped' })], nothing)).toBe(`
#1 create network  (no network yet)
#2 start sandbox db  after #1  (does not exist yet)
#3 create program db  after #2  (does not exist yet)
`)
  })

  test('pauses and disconnects a service when that is desired', () => {
    const db = service('db', { state: 'paused', disconnected: true })
    expect(planned([db], nothing)).toBe(`
#1 create network  (no network yet)
#2 start sandbox db  after #1  (does not exist yet)
#3 disconnect db  after #2  (should be off the network)
#4 create program db  after #2  (does not exist yet)
#5 start program db  after #3 #4  (does not exist yet)
#6 await ready db  after #5  (not ready yet)
#7 pause db  after #6  (should be paused)
`)
  })

  test('a service is awaited ready and completed when its dependents expect both', () => {
    const a = service('a', { dependsOn: { job: 'completed' } })
    const b = service('b', { dependsOn: { job: 'healthy' } })
    const lines = planned([service('job'), a, b], nothing).split('\n')
    expect(lines.filter((line) => / (await .* job|start program) /.test(line))).toEqual([
      '#8 start program job  after #5  (does not exist yet)',
      '#9 await ready job  after #8  (not ready yet)',
      '#10 await completed job  after #8  (not completed yet)',
      '#11 start program a  after #6 #10  (does not exist yet)',
      '#13 start program b  after #7 #9  (does not exist yet)',
    ])
  })

  test('uses sandboxes that already exist', () => {
    const db = service('db')
    const ahead = { network: 'net', services: { db: { ...running(db), program: undefined } } }
    expect(planned([db], ahead)).toBe(`
#1 create program db  (no program yet)
#2 start program db  after #1  (no program yet)
#3 await ready db  after #2  (not ready yet)
`)
  })
})

describe('the plan is empty', () => {
  test('when every service is as desired', () => {
    const all = [service('db'), service('api', { dependsOn: { db: 'healthy' } })]
    expect(planned(all, seen(all))).toBe('\nnothing to do\n')
  })

  test('when a stopped service is stopped, and a paused one paused', () => {
    const db = service('db', { state: 'stopped' })
    const api = service('api', { state: 'paused' })
    const observed = seen([db, api], { db: { status: 'exited' }, api: { status: 'paused' } })
    expect(planned([db, api], observed)).toBe('\nnothing to do\n')
  })

  test('when a service that others await completed has ended well', () => {
    const all = [service('init'), service('api', { dependsOn: { init: 'completed' } })]
    const observed = seen(all, { init: { status: 'exited', exitCode: 0, ready: false } })
    expect(planned(all, observed)).toBe('\nnothing to do\n')
  })

  test('when an empty group has no network', () => {
    expect(planned([], nothing)).toBe('\nnothing to do\n')
  })
})

describe('a changed program', () => {
  const before = service('api', { dependsOn: { db: 'healthy' }, env: { SIGNUP: 'closed' } })
  const db = service('db')
  const changed = (more: Partial<DesiredService> = {}) =>
    service('api', { dependsOn: { db: 'healthy' }, env: { SIGNUP: 'open' }, ...more })

  test('is created while the old one is killed, and nothing else is touched', () => {
    const web = service('web', { dependsOn: { api: 'healthy' } })
    expect(planned([db, changed(), web], seen([db, before, web]))).toBe(`
#1 stop program api api-program at once  (env SIGNUP changed)
#2 create program api  (env SIGNUP changed)
#3 start program api  after #2  (env SIGNUP changed)
#4 await ready api  after #3  (not ready yet)
#5 remove program api api-program  after #1 #4  (replaced)
`)
  })

  test('waits for the old one when that has a grace to shut down', () => {
    expect(planned([db, changed({ stopTimeoutMs: 2000 })], seen([db, before]))).toBe(`
#1 stop program api api-program within 2000 ms  (env SIGNUP changed)
#2 create program api  (env SIGNUP changed)
#3 start program api  after #1 #2  (env SIGNUP changed)
#4 await ready api  after #3  (not ready yet)
#5 remove program api api-program  after #1 #4  (replaced)
`)
  })

  test('needs no stop when the old one has ended', () => {
    expect(planned([db, changed()], seen([db, before], { api: { status: 'exited' } }))).toBe(`
#1 create program api  (env SIGNUP changed)
#2 start program api  after #1  (env SIGNUP changed)
#3 await ready api  after #2  (not ready yet)
#4 remove program api api-program  after #3  (replaced)
`)
  })

  test('is created but not started when it should be stopped', () => {
    expect(planned([db, changed({ state: 'stopped' })], seen([db, before]))).toBe(`
#1 stop program api api-program at once  (env SIGNUP changed)
#2 create program api  (env SIGNUP changed)
#3 remove program api api-program  after #1 #2  (replaced)
`)
  })

  test('waits for a dependency that changes too', () => {
    const lines = planned(
      [{ ...db, program: { ...db.program, command: ['x'] } }, changed()],
      seen([db, before]),
    )
    expect(lines).toBe(`
#1 stop program db db-program at once  (command changed)
#2 stop program api api-program at once  (env SIGNUP changed)
#3 create program db  (command changed)
#4 create program api  (env SIGNUP changed)
#5 start program db  after #3  (command changed)
#6 await ready db  after #5  (not ready yet)
#7 start program api  after #4 #6  (env SIGNUP changed)
#8 await ready api  after #7  (not ready yet)
#9 remove program db db-program  after #1 #6  (replaced)
#10 remove program api api-program  after #2 #8  (replaced)
`)
  })

  test('has a general cause when the old configuration is not remembered', () => {
    const { sandbox, program } = running(before)
    const { config: _, ...forgotten } = program as ObservedProgram
    const observed = seen([db])
    const services = { ...observed.services, api: { sandbox, program: forgotten } }
    expect(planned([db, changed()], { ...observed, services })).toContain(
      '#2 create program api  (configuration changed)',
    )
  })

  test('names three causes and counts the rest', () => {
    const env = { A: '', B: '', C: '', D: '', E: '' }
    expect(planned([service('x', { env })], seen([service('x')]))).toContain(
      'create program x  (env A added, env B added, env C added and 2 more)',
    )
  })

  test('is recreated by a deep reset even if nothing differs', () => {
    expect(planned([db], seen([db]), { force: ['db'] })).toBe(`
#1 stop program db db-program at once  (deep reset)
#2 create program db  (deep reset)
#3 start program db  after #2  (deep reset)
#4 await ready db  after #3  (not ready yet)
#5 remove program db db-program  after #1 #4  (replaced)
`)
  })
})

describe('a changed sandbox', () => {
  test('is recreated with its program once the old one, and what had joined it, is removed', () => {
    const db = service('db')
    const wider = { ...db, sandbox: { ...db.sandbox, aliases: ['db', 'sql'] } }
    expect(planned([wider], seen([db]))).toBe(`
#1 stop program db db-program at once  (aliases changed)
#2 remove program db db-program  after #1  (replaced)
#3 remove sandbox db db-sandbox  after #1 #2  (aliases changed)
#4 start sandbox db  after #3  (aliases changed)
#5 create program db  after #4  (aliases changed)
#6 start program db  after #5  (aliases changed)
#7 await ready db  after #6  (not ready yet)
`)
  })

  test('is recreated with its program when it has vanished', () => {
    const db = service('db')
    const observed = { network: 'net', services: { db: { ...running(db), sandbox: undefined } } }
    expect(planned([db], observed)).toBe(`
#1 start sandbox db  (its sandbox is gone)
#2 stop program db db-program at once  (its sandbox is gone)
#3 create program db  after #1  (its sandbox is gone)
#4 start program db  after #3  (its sandbox is gone)
#5 await ready db  after #4  (not ready yet)
#6 remove program db db-program  after #2 #5  (replaced)
`)
  })
})

describe('a process of this machine', () => {
  const db = service('db')
  const local = { command: ['node'], cwd: '/', ports: {}, portEnv: {} }
  const inContainer = service('api')
  const api: DesiredService = {
    ...inContainer,
    program: { ...inContainer.program, local },
    // Not in `dependsOn`: it starts without waiting for it.
    reaches: ['api', 'db'],
  }

  test('is created once the addresses in its environment are known', () => {
    expect(planned([db, api], nothing)).toBe(`
#1 create network  (no network yet)
#2 start sandbox db  after #1  (does not exist yet)
#3 start sandbox api  after #1  (does not exist yet)
#4 create program db  after #2  (does not exist yet)
#5 create program api  after #2 #3  (does not exist yet)
#6 start program db  after #4  (does not exist yet)
#7 await ready db  after #6  (not ready yet)
#8 start program api  after #5  (does not exist yet)
#9 await ready api  after #8  (not ready yet)
`)
  })

  test('takes the place of a container with its sandbox, and gives it back', () => {
    expect(planned([db, api], seen([db, inContainer]))).toBe(`
#1 stop program api api-program at once  (runs as a process of this machine now)
#2 create program api  (runs as a process of this machine now)
#3 start program api  after #2  (runs as a process of this machine now)
#4 await ready api  after #3  (not ready yet)
#5 remove program api api-program  after #1 #4  (replaced)
`)
    expect(planned([db, inContainer], seen([db, api]))).toContain('(runs in its container again)')
    expect(planned([db, api], seen([db, api]))).toBe('\nnothing to do\n')
  })

  test('is recreated when an address in its environment changes', () => {
    const observed = seen([db, api])
    const { program } = observed.services.db ?? {}
    const lost = { sandbox: undefined, program }
    const plan = planned([db, api], { ...observed, services: { ...observed.services, db: lost } })
    expect(plan).toContain('create program api  after #1  (the address of db changed)')
  })

  test('starts again with the cause that the caller gives', () => {
    const restartCauses = { api: 'main.js changed' }
    expect(planned([db, api], seen([db, api]), { restart: ['api'], restartCauses })).toBe(`
#1 stop program api api-program at once  (main.js changed)
#2 start program api again  after #1  (main.js changed)
#3 await ready api  after #2  (not ready yet)
`)
  })
})

describe('a changed state', () => {
  const db = service('db')

  test('an ended program is started again', () => {
    expect(planned([db], seen([db], { db: { status: 'exited', ready: false } }))).toBe(`
#1 start program db  (stopped)
#2 await ready db  after #1  (not ready yet)
`)
  })

  test('a program that was created only is started', () => {
    expect(planned([db], seen([db], { db: { status: 'created', ready: false } }))).toBe(`
#1 start program db  (not started yet)
#2 await ready db  after #1  (not ready yet)
`)
  })

  test('a running program that was never ready is awaited only', () => {
    expect(planned([db], seen([db], { db: { ready: false } }))).toBe(`
#1 await ready db  (not ready yet)
`)
  })

  test('a service that others await completed is tried again after a failure', () => {
    const all = [service('init'), service('api', { dependsOn: { init: 'completed' } })]
    const failed = { status: 'exited', exitCode: 3, ready: false } as const
    expect(planned(all, seen(all, { init: failed }))).toBe(`
#1 start program init  (stopped)
#2 await completed init  after #1  (not completed yet)
`)
  })

  test('a running program is stopped with its grace', () => {
    const stopped = { ...db, state: 'stopped', stopTimeoutMs: 2000 } as const
    expect(planned([stopped], seen([db]))).toBe(`
#1 stop program db db-program within 2000 ms  (should be stopped)
`)
  })

  test('a service is paused and unpaused as desired', () => {
    expect(planned([{ ...db, state: 'paused' }], seen([db]))).toBe(`
#1 pause db  (should be paused)
`)
    expect(planned([db], seen([db], { db: { status: 'paused' } }))).toBe(`
#1 unpause db  (should run)
`)
    expect(planned([db], seen([db], { db: { status: 'paused', ready: false } }))).toBe(`
#1 unpause db  (should run)
#2 await ready db  after #1  (not ready yet)
`)
  })

  test('a service is connected and disconnected as desired', () => {
    const off = seen([db])
    const sandbox = { id: 'db-sandbox', hash: configHash(db.sandbox), connected: false }
    const observed = { ...off, services: { db: { ...running(db), sandbox } } }
    expect(planned([db], observed)).toBe(`
#1 connect db  (should be on the network)
`)
    expect(planned([{ ...db, disconnected: true }], seen([db]))).toBe(`
#1 disconnect db  (should be off the network)
`)
    expect(planned([db], { ...observed, network: undefined })).toBe(`
#1 create network  (no network yet)
#2 connect db  after #1  (should be on the network)
`)
  })
})

describe('a disconnected service:', () => {
  const cutOff = (ready: DesiredService['ready']) => service('api', { disconnected: true, ready })
  const seenOff = (one: DesiredService) => {
    const { sandbox, program } = running(one)
    const api = { sandbox: { ...(sandbox as ObservedSandbox), connected: false }, program }
    return { network: 'net', services: { api } } satisfies ObservedState
  }

  test('a restart does not wait for a probe of a published port', () => {
    const api = cutOff({ kind: 'all', probes: [{ kind: 'http', path: '/' }] })
    expect(planned([api], seenOff(api), { restart: ['api'] })).toBe(`
#1 stop program api api-program at once  (restart)
#2 start program api again  after #1  (restart)
`)
  })

  test('a restart waits for a probe from inside', () => {
    const api = cutOff({ kind: 'tcp', from: 'inside' })
    expect(planned([api], seenOff(api), { restart: ['api'] })).toContain('#3 await ready api')
  })

  test('readiness is awaited when the service is back', () => {
    const api = cutOff({ kind: 'tcp' })
    const off = seenOff(api)
    const program = { ...(off.services.api.program as ObservedProgram), ready: false }
    const observed = { ...off, services: { api: { ...off.services.api, program } } }
    expect(planned([{ ...api, disconnected: false }], observed)).toBe(`
#1 connect api  (should be on the network)
#2 await ready api  after #1  (not ready yet)
`)
  })
})

describe('restart', () => {
  const db = service('db')
  const api = service('api', { dependsOn: { db: 'healthy' } })
  const web = service('web', { dependsOn: { api: 'healthy' } })
  const idle = service('idle', { dependsOn: { db: 'healthy' }, state: 'stopped' })

  test('starts the same program again after its end', () => {
    expect(planned([{ ...db, stopTimeoutMs: 100 }], seen([db]), { restart: ['db'] })).toBe(`
#1 stop program db db-program within 100 ms  (restart)
#2 start program db again  after #1  (restart)
#3 await ready db  after #2  (not ready yet)
`)
  })

  test('reaches all running dependents when asked, each after what it needs is ready', () => {
    const changed = { ...db, program: { ...db.program, env: { A: '1' } } }
    const observed = seen([db, api, web, idle], { idle: { status: 'exited' } })
    const options = { restartDependentsOf: ['db'] }
    expect(planned([changed, api, web, idle], observed, options)).toBe(`
#1 stop program db db-program at once  (env A added)
#2 stop program api api-program at once  (depends on db)
#3 stop program web web-program at once  (depends on db)
#4 create program db  (env A added)
#5 start program db  after #4  (env A added)
#6 await ready db  after #5  (not ready yet)
#7 start program api again  after #2 #6  (depends on db)
#8 await ready api  after #7  (not ready yet)
#9 start program web again  after #3 #8  (depends on db)
#10 await ready web  after #9  (not ready yet)
#11 remove program db db-program  after #1 #6  (replaced)
`)
  })

  test('leaves dependents alone when nothing starts', () => {
    const options = { restartDependentsOf: ['db'] }
    expect(planned([db, api], seen([db, api]), options)).toBe('\nnothing to do\n')
  })
})

describe('what another process has changed', () => {
  const db = service('db')
  const lost = (more: Partial<ObservedSandbox>): ObservedService => {
    const { sandbox, program } = running(db)
    return { sandbox: { ...(sandbox as ObservedSandbox), ...more }, program }
  }

  test('a lost network is created again, and programs on it are restarted after the connection', () => {
    const observed = {
      network: undefined,
      services: { db: lost({ connected: false, lost: true }) },
    }
    expect(planned([db], observed)).toBe(`
#1 create network  (no network yet)
#2 stop program db db-program at once  (its network connection was lost)
#3 connect db  after #1  (should be on the network)
#4 start program db again  after #2 #3  (its network connection was lost)
#5 await ready db  after #4  (not ready yet)
`)
  })

  test('a program with half-made data is recreated', () => {
    expect(planned([db], seen([db], { db: { spoiled: true } }))).toContain(
      'create program db  (its set-up failed)',
    )
  })
})

describe('a service that is no longer wanted', () => {
  test('is removed, the sandbox last', () => {
    const [db, s3] = [service('db'), service('s3')]
    expect(planned([db], seen([db, s3]))).toBe(`
#1 stop program s3 s3-program at once  (no longer wanted)
#2 remove program s3 s3-program  after #1  (no longer wanted)
#3 remove sandbox s3 s3-sandbox  after #2  (no longer wanted)
`)
  })

  test('is removed with the network when it was the last one', () => {
    expect(planned([], seen([service('db')], { db: { status: 'exited' } }))).toBe(`
#1 remove program db db-program  (no longer wanted)
#2 remove sandbox db db-sandbox  after #1  (no longer wanted)
#3 remove network net  after #2  (nothing left on it)
`)
  })

  test('programs left over from a replacement that failed are removed', () => {
    const db = service('db')
    const observed = { network: 'net', services: { db: { ...running(db), outgoing: ['old'] } } }
    expect(planned([db], observed)).toBe(`
#1 remove program db old  (left over)
`)
    expect(planned([], observed)).toContain('#1 remove program db old  (no longer wanted)')
  })

  test('teardown removes services in parallel: programs, then their sandbox, and the network last', () => {
    const observed = seen([service('db'), service('api')])
    expect(`\n${renderPlan(teardown(observed, 'lane_1'))}\n`).toBe(`
#1 remove program db db-program  (teardown)
#2 remove sandbox db db-sandbox  after #1  (teardown)
#3 remove program api api-program  (teardown)
#4 remove sandbox api api-sandbox  after #3  (teardown)
#5 remove network net  after #2 #4  (teardown)
`)
    expect(teardown(nothing, 'lane_1')).toEqual({ group: 'lane_1', steps: [] })
  })
})

test('a step only waits for steps above it', () => {
  const [a, b] = [service('a', { dependsOn: { b: 'healthy' } }), service('b')]
  const circle = [a, { ...b, dependsOn: { a: 'healthy' } as const }]
  for (const step of reconcile(group(circle), nothing).steps) {
    expect(step.after.every((id) => id < step.id)).toBe(true)
  }
})

// ---

const nothing: ObservedState = { network: undefined, services: {} }

function planned(
  services: readonly DesiredService[],
  observed: ObservedState,
  options?: ReconcileOptions,
): string {
  return `\n${renderPlan(reconcile(group(services), observed, options))}\n`
}

function group(services: readonly DesiredService[]): DesiredState {
  const byName = services.map((service) => [service.name, service] as const)
  return { group: 'lane_1', services: Object.fromEntries(byName) }
}

function service(
  name: string,
  { env = {}, ...more }: Partial<DesiredService> & { env?: ProgramConfig['env'] } = {},
): DesiredService {
  const image = `acme/${name}`
  return {
    name,
    program: { image, imageId: image, env, files: [], mounts: [], tmpfs: {}, labels: {} },
    sandbox: { aliases: [name], publish: [] },
    state: 'running',
    disconnected: false,
    dependsOn: {},
    ready: undefined,
    readyTimeoutMs: 1000,
    stopTimeoutMs: 0,
    ...more,
  }
}

function running({ name, program, sandbox }: DesiredService): ObservedService {
  return {
    sandbox: { id: `${name}-sandbox`, hash: configHash(sandbox), config: sandbox, connected: true },
    program: {
      id: `${name}-program`,
      hash: configHash(program),
      config: program,
      status: 'running',
      ready: true,
    },
  }
}

/** All of them running, but for what is said. */
function seen(
  services: readonly DesiredService[],
  but: Readonly<Record<string, Partial<ObservedProgram>>> = {},
): ObservedState {
  const entries = services.map((one): [string, ObservedService] => {
    const { sandbox, program } = running(one)
    return [one.name, { sandbox, program: { ...(program as ObservedProgram), ...but[one.name] } }]
  })
  return { network: 'net', services: Object.fromEntries(entries) }
}
