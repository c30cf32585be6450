import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settledWithin } from '../call/pause.ts'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import { until } from '../runtime/contract/scene.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Patience } from './api/patience.ts'
import { createDockerRuntime } from './docker-runtime.ts'
import { testImage } from './test-image.ts'
import { type Fault, type FaultProxy, openFaultProxy } from './test-proxy.ts'

/*
 * Every method of the port, with every fault in each of its calls of the engine: it succeeds or fails with a code before
 * its deadline, and leaves nothing.
 */

const faults: readonly Fault[] = [
  { kind: 'delay', ms: 20 },
  { kind: 'request lost' },
  { kind: 'answer lost' },
  { kind: 'closed' },
  { kind: 'refused' },
  { kind: 'cut', afterBytes: 40 },
  { kind: 'cut', afterBytes: 400 },
  { kind: 'cut', afterMs: 0 },
]

/** Short, but long enough that most calls of a loaded engine are answered. */
const patience: Partial<Patience> = {
  readMs: 500,
  changeMs: 1_000,
  longMs: 1_000,
  idleMs: 200,
  pingMs: 200,
  awayMs: 500,
}

/** Far more than all deadlines of a method together: it is only for one that never ends. */
const hangsMs = 30_000

const suite = `${process.pid}-${Date.now()}`
const everything = { 'dev.mesocosm.faults': suite }

/** What a method is called on, made without the proxy; `name` and `labels` are of the case alone. */
interface Made {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly image: string
  readonly network: string
  /** The network of the container. */
  readonly home: string
  /** A container, if the method needs one. */
  readonly container: string
}

interface Method {
  /** A created container is on `home`. */
  readonly needs?: 'created' | 'running'
  /** Makes the call; returns what it made, which the case removes. */
  call(runtime: Runtime, made: Made): Promise<unknown>
}

const spec = ({ name, image, labels, home }: Made) => ({
  name,
  image,
  labels,
  command: ['sh', '-c', 'echo up; sleep 60'],
  network: { kind: 'own', network: home, aliases: [] } as const,
})

const methods: Readonly<Record<string, Method>> = {
  info: { call: (runtime) => runtime.info() },
  image: {
    call: (runtime, { image }) => runtime.image({ kind: 'pull', reference: image }),
  },
  createNetwork: {
    call: async (runtime, { name, labels }) => {
      const id = await runtime.createNetwork({ name, labels, size: 2 })
      await direct.remove('network', id)
    },
  },
  create: {
    call: async (runtime, made) => {
      const files = [{ content: 'x', to: '/x' }]
      const id = await runtime.create({ ...spec(made), files })
      await direct.remove('container', id)
    },
  },
  start: {
    needs: 'created',
    call: async (runtime, { container }) => {
      const lines: string[] = []
      const told = Promise.withResolvers<void>()
      const add = (line: string) => {
        lines.push(line)
        told.resolve()
      }
      const { outputEnded } = await runtime.start(
        container,
        ({ bytes }) => add(`${Buffer.from(bytes)}`),
        ({ reason }) => add(reason),
      )
      await Promise.race([told.promise, outputEnded])
      await direct.signal(container, 'SIGKILL')
      await outputEnded
      // The line, or why it is missing.
      expect(lines).not.toEqual([])
    },
  },
  inspect: {
    needs: 'created',
    call: async (runtime, { container }) =>
      expect(await runtime.inspect(container)).toMatchObject({ status: 'created' }),
  },
  signal: {
    needs: 'running',
    call: (runtime, { container }) => runtime.signal(container, 'SIGKILL'),
  },
  pause: { needs: 'running', call: (runtime, { container }) => runtime.signal(container, 'pause') },
  exec: {
    needs: 'running',
    call: async (runtime, { container }) => {
      const request = { argv: ['sh', '-c', 'cat; echo done'], stdin: 'in ' }
      const result = await runtime.exec(container, request, { timeoutMs: 2_000 })
      // Docker ends a program whose connection breaks, and gives it this exit code, without a word in its output.
      if (result.exitCode === 126) return
      // All of its output, if it succeeds.
      expect(result).toMatchObject({ exitCode: 0, stdout: 'in done\n' })
    },
  },
  attach: {
    needs: 'created',
    call: (runtime, { container, network }) =>
      runtime.attach({ container, network, aliases: ['x'] }),
  },
  detach: {
    needs: 'created',
    call: (runtime, { container, home }) => runtime.detach({ container, network: home }),
  },
  list: {
    needs: 'created',
    call: async (runtime, { container, labels }) =>
      expect((await runtime.list(labels)).containers).toMatchObject([{ id: container }]),
  },
  images: { call: (runtime, { labels }) => runtime.images(labels) },
  watch: {
    call: async (runtime, { labels }) => {
      const watch = await runtime.watch(labels, () => undefined)
      await watch[Symbol.asyncDispose]()
    },
  },
  remove: {
    needs: 'running',
    call: (runtime, { container }) => runtime.remove('container', container),
  },
  createSandbox: {
    call: async (runtime, { name, labels, network }) => {
      const id = await runtime.createSandbox?.({ name, labels, network, aliases: [] })
      await direct.remove('container', id ?? '')
    },
  },
  lease: {
    call: async (runtime, { name, labels }) => {
      const lease = await runtime.lease?.({ name, labels, silentMs: 2_000 })
      await lease?.[Symbol.asyncDispose]()
      // It would exit by itself.
      for (const { id } of (await direct.list(labels)).containers)
        await direct.remove('container', id)
    },
  },
  commit: {
    needs: 'created',
    call: async (runtime, { container, name, labels }) => {
      const reference = `mesocosm/faults:${name}`
      try {
        await runtime.commit?.({ container, reference, labels })
      } finally {
        await direct.remove('image', reference)
      }
    },
  },
  diagnose: { call: async (runtime) => runtime.diagnose?.() },
}

let direct: Runtime
let enginePath: string
let image: string
let network: string
let home: string
let made = 0

beforeAll(async () => {
  image = await testImage()
  direct = await createDockerRuntime()
  enginePath = (await direct.info()).endpoint.replace('unix://', '')
  const shared = (name: string) =>
    direct.createNetwork({
      name: `mesocosm-faults-${suite}-${name}`,
      labels: everything,
      size: 200,
    })
  network = await shared('network')
  home = await shared('home')
})
afterAll(async () => {
  for (const { id } of (await direct.list(everything)).containers)
    await direct.remove('container', id)
  // Also those whose creation the engine has finished after its caller had given up.
  for (const { id } of (await direct.list(everything)).networks) await direct.remove('network', id)
  expect(await direct.list(everything)).toMatchObject({ containers: [], networks: [] })
  await direct[Symbol.asyncDispose]()
})

/** Prepares a call on things of its own, through a proxy of its own. */
const prepare = async ({ needs }: Method, limits: Partial<Patience>) => {
  const id = `${++made}`
  const labels = { ...everything, 'dev.mesocosm.faults.case': id }
  const blank = {
    name: `mesocosm-faults-${suite}-${id}`,
    labels,
    image,
    network,
    home,
    container: '',
  }
  const container =
    needs === undefined ? '' : await direct.create(spec({ ...blank, name: `${blank.name}-given` }))
  if (needs === 'running') await direct.start(container)
  const proxy = await openFaultProxy(enginePath)
  const runtime = await createDockerRuntime({ endpoint: proxy.endpoint, patience: limits })
  return { made: { ...blank, container }, proxy, runtime }
}

/** Calls the method with a fault in one of its calls of the engine; returns how many calls it made. */
const tryWith = async (method: Method, fault: Fault | undefined, nth: number): Promise<number> => {
  const { made, proxy, runtime } = await prepare(method, fault === undefined ? {} : patience)
  const before = proxy.calls.length
  if (fault !== undefined) breakNth(proxy, fault, nth)
  const calling = method.call(runtime, made)
  const outcome = calling.then(
    () => undefined,
    (error: unknown) => error,
  )
  try {
    if (!(await settledWithin(outcome, hangsMs))) throw new Error('the call does not end')
    const error = await outcome
    if (error !== undefined && !isMesocosmError(error)) throw error
    if (fault === undefined && error !== undefined) throw error
    if (isMesocosmError(error)) expect(error.code).not.toBe('INTERNAL')
    const count = proxy.calls.length - before
    proxy.rules()
    if (made.container !== '') await direct.remove('container', made.container)
    await until('nothing to be left', async () => {
      const { containers, networks } = await direct.list(made.labels)
      return containers.length + networks.length === 0
    })
    return count
  } finally {
    await runtime[Symbol.asyncDispose]()
    await proxy[Symbol.asyncDispose]()
  }
}

/** The calls before the nth are passed on by rules that match once each. */
const breakNth = (proxy: FaultProxy, fault: Fault, nth: number): void => {
  const pass = Array.from({ length: nth - 1 }, () => ({
    call: /^(?!GET \/_ping)/,
    fault: { kind: 'delay', ms: 0 } as const,
    times: 1,
  }))
  proxy.rules(...pass, { call: /^(?!GET \/_ping)/, fault, times: 1 })
}

const nameOf = (fault: Fault): string => Object.values(fault).join(' ')

describe.each(Object.entries(methods))('%s', (_, method) => {
  test('ends with success or a code, and leaves nothing, whatever happens to each of its calls', async () => {
    const count = await tryWith(method, undefined, 0)
    const cases = Array.from({ length: count }, (_, index) => index + 1).flatMap((nth) =>
      faults.map((fault) => ({ nth, fault })),
    )
    const failed: string[] = []
    const worker = async () => {
      for (let next = cases.shift(); next !== undefined; next = cases.shift()) {
        const { nth, fault } = next
        await tryWith(method, fault, nth).catch((error: unknown) =>
          failed.push(`${nameOf(fault)} in call ${nth}: ${error}`),
        )
      }
    }
    await Promise.all(Array.from({ length: 6 }, worker))
    expect(failed).toEqual([])
  })
})
