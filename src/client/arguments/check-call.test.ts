import { expect, test } from 'vitest'
import { defineTopology } from '../../define/topology.ts'
import type { LeasedView } from '../../protocol/methods.ts'
import { LaneLink } from '../lane/lane-link.ts'
import { lease } from '../lane/lease.ts'
import { createLane } from '../lane/open-lane.ts'
import { createMemoryRecord } from '../record/memory-record.ts'
import type { Session } from '../session/connect.ts'

const topology = defineTopology({
  name: 'shop',
  services: { api: { image: 'acme/api' } },
  root: '/shop',
})

const view: LeasedView = {
  logsAfter: 0,
  lane: 'lane_1',
  services: [
    { name: 'api', state: 'ready', outputs: {}, env: {}, logLane: 'lane_1', logName: 'api' },
  ],
}

/** A lane whose supervisor must not be called; `sent` has the calls that reached it. */
const fixture = () => {
  const sent: string[] = []
  const caller = {
    call: async (method: string) => {
      sent.push(method)
      return method === 'setEnv' ? { id: 1, view } : view
    },
  }
  const session = { caller, facts: { folder: '/run' } } as unknown as Session
  const link = new LaneLink(session, createMemoryRecord(), view)
  const lane = createLane(topology, link, async () => {})
  // Tests in JavaScript pass anything.
  return { lane: lane as unknown as Loose, api: lane.services.api as unknown as Loose, sent, link }
}

type Loose = Readonly<Record<string, (...args: readonly unknown[]) => unknown>> & {
  readonly logs: Loose
}

const cycle: Record<string, unknown> = {}
cycle.self = cycle

const throwing = {
  get A(): never {
    throw new Error('not today')
  },
}

/** Linux, `execve(2)`: `MAX_ARG_STRLEN` is 131,072 bytes, with key, `=` and the NUL at the end. */
const most = 131_072

type Case = readonly [call: (on: ReturnType<typeof fixture>) => unknown, says: string]

const refused: readonly Case[] = [
  [
    ({ api }) => api.withEnv?.({ PORT: Number(undefined) }),
    'api.withEnv: env.PORT: must be .*, not NaN',
  ],
  [({ api }) => api.withEnv?.({ A: Number.POSITIVE_INFINITY }), 'env.A: must be .*, not Infinity'],
  [({ api }) => api.withEnv?.({ A: {} }), 'env.A: must be .*, not an object'],
  [({ api }) => api.withEnv?.({ A: ['x'] }), 'env.A: must be .*, not an array'],
  [({ api }) => api.withEnv?.({ A: new Date() }), 'env.A: must be .*, not a Date'],
  [({ api }) => api.withEnv?.({ A: 10n }), 'env.A: must be .*, not a bigint'],
  [({ api }) => api.withEnv?.({ A: null }), 'env.A: must be .* undefined to unset it, not null'],
  [({ api }) => api.withEnv?.({ A: () => 1 }), 'env.A: must be .*, not a function'],
  [({ api }) => api.withEnv?.({ A: Symbol('a') }), 'env.A: must be .*, not a symbol'],
  [({ api }) => api.withEnv?.({ A: cycle }), 'env.A: must be .*, not an object'],
  [({ api }) => api.withEnv?.(throwing), 'env.A: cannot be read: not today'],
  [
    ({ api }) => api.withEnv?.({ 'A=B': '1' }),
    'env\\["A=B"\\]: an environment key must not contain',
  ],
  [({ api }) => api.withEnv?.({ '': '1' }), 'env\\[""\\]: an environment key must not be empty'],
  [({ api }) => api.withEnv?.({ 'A\0': '1' }), 'an environment key must not contain .* NUL'],
  [
    ({ api }) => api.withEnv?.({ 'A\nB': '1' }),
    'an environment key must not contain .* line break',
  ],
  [({ api }) => api.withEnv?.(JSON.parse('{"__proto__":"1"}')), 'is not an environment key'],
  [({ api }) => api.withEnv?.({ A: 'x\0y' }), 'env.A: must not contain NUL'],
  [({ api }) => api.withEnv?.({ A: 'x'.repeat(most - 2) }), 'env.A: is too long: 131072 bytes'],
  [({ api }) => api.withEnv?.({ A: '€'.repeat(most / 3) }), 'env.A: is too long'],
  [({ api }) => api.withEnv?.(new Map([['A', '1']])), 'env: must be an object, not a Map'],
  [({ api }) => api.withEnv?.('A=1'), 'env: must be an object, not a string'],
  [({ api }) => api.withEnv?.(undefined), 'env: must be an object, not undefined'],
  [({ api }) => api.withEnv?.({}, 'x'), 'options: must be an object, not a string'],
  [
    ({ api }) => api.withEnv?.({}, { restart: 'all' }),
    'options.restart: must be "self" or "dependents"',
  ],
  [
    ({ api }) => api.withEnv?.({}, () => {}, { timeout: 5 }),
    'options.timeout: unknown key; did you mean "timeoutMs"',
  ],
  [({ api }) => api.setEnv?.({ A: Number.NaN }), 'api.setEnv: env.A: must be .*, not NaN'],
  [
    ({ api }) => api.run?.('ls -l'),
    "api.run: argv: must be an array of the program and its arguments, such as \\['ls', '-l'\\], not a string",
  ],
  [({ api }) => api.run?.([]), 'argv: must be an array .* not an empty array'],
  [({ api }) => api.run?.(['ls', 3]), 'argv\\[1\\]: must be a string, not a number'],
  [({ api }) => api.run?.(Array(2)), '2 invalid arguments of api.run'],
  [({ api }) => api.run?.(['a\0b']), 'argv\\[0\\]: must not contain NUL'],
  [({ api }) => api.run?.(['echo', 'x'.repeat(most)]), 'argv\\[1\\]: is too long'],
  [
    ({ api }) => api.run?.(['ls'], { env: { A: 1 } }),
    'options.env.A: must be a string, not a number',
  ],
  [({ api }) => api.run?.(['ls'], { env: { 'A=B': '1' } }), 'an environment key must not'],
  [
    ({ api }) => api.run?.(['ls'], { stdin: Buffer.from('x') }),
    'options.stdin: must be a string, not a Uint8Array',
  ],
  [({ api }) => api.run?.(['ls'], { cwd: 3, user: '' }), '2 invalid arguments of api.run'],
  [
    ({ api }) => api.run?.(['ls'], { timeoutMs: Number.POSITIVE_INFINITY }),
    'options.timeoutMs: must be .*, not Infinity',
  ],
  [
    ({ api }) => api.run?.(['ls'], { timeoutMs: 2 ** 31 }),
    'options.timeoutMs: must be .* to 2147483647',
  ],
  [
    ({ api }) => api.run?.(['ls'], { signal: 'SIGTERM' }),
    'options.signal: must be an AbortSignal, not a string',
  ],
  [({ api }) => api.run?.(['ls'], null), 'options: must be an object, not null'],
  [
    ({ api }) => api.stop?.({ graceMs: -1 }),
    'api.stop: options.graceMs: must be a number of milliseconds',
  ],
  [
    ({ api }) => api.restart?.({ graceMs: '5s' }),
    'api.restart: options.graceMs: must be .*, not a string',
  ],
  [({ api }) => api.start?.([]), 'api.start: options: must be an object, not an array'],
  [({ api }) => api.kill?.('KILL'), 'api.kill: signal: must be the name of a signal'],
  [({ api }) => api.kill?.(9), 'api.kill: signal: must be the name of a signal'],
  [
    ({ api }) => api.logs.waitFor?.(5),
    'api.logs.waitFor: pattern: must be a string or a regular expression, not a number',
  ],
  [
    ({ api }) => api.logs.waitFor?.('x', 500),
    'api.logs.waitFor: options: must be an object, not a number',
  ],
  [
    async ({ api }) => api.logs.follow?.({ signal: 1 }),
    'api.logs.follow: options.signal: must be an AbortSignal',
  ],
  [({ lane }) => lane.add?.(3, { image: 'x' }), 'lane.add: name: must be a string, not a number'],
  [
    ({ lane }) => lane.add?.('a', 'image'),
    'lane.add: definition: must be a service definition, not a string',
  ],
  [({ lane }) => lane.add?.('', null, { timeoutMs: 'x' }), '3 invalid arguments of lane.add'],
  [({ lane }) => lane.remove?.(undefined), 'lane.remove: name: must be a string, not undefined'],
  [
    ({ lane }) => lane.step?.(Symbol('a'), () => {}),
    'lane.step: title: must be a string, not a symbol',
  ],
  [({ lane }) => lane.step?.('a', 'b'), 'lane.step: use: must be a function, not a string'],
  [({ lane }) => lane.reset?.('deep'), 'lane.reset: options: must be an object, not a string'],
  [
    ({ lane }) => lane.reset?.({ level: 'none' }),
    'lane.reset: options.level: must be "light" or "deep"',
  ],
  [({ lane }) => lane.reset?.(null), 'lane.reset: options: must be an object, not null'],
  [({ lane }) => lane.connect?.(['api']), 'lane.connect: service: must be a string, not an array'],
  [
    ({ lane }) => lane.disconnect?.({}),
    'lane.disconnect: service: must be a string, not an object',
  ],
  [
    ({ api }) => api.kill?.('SIGTERM', { timeout: 5 }),
    'api.kill: options.timeout: unknown key; did you mean "timeoutMs"',
  ],
  [({ api }) => api.pause?.(5), 'api.pause: options: must be an object, not a number'],
  [({ api }) => api.unpause?.(null), 'api.unpause: options: must be an object, not null'],
  [
    ({ lane }) => lane.start?.('api', { timeoutMs: 'x' }),
    'lane.start: options.timeoutMs: must be a number of milliseconds',
  ],
  [
    ({ lane }) => lane.start?.('api', 5),
    'lane.start: services\\[1\\]: must be a string, not a number',
  ],
]

test.for(refused)('%# an argument is refused before anything is sent: %s', async ([call, says]) => {
  const on = fixture()
  on.link.onRelease('api', async () => {
    throw new Error('connections were closed')
  })
  const error: unknown = await Promise.resolve(call(on)).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({
    code: 'ARGUMENT_INVALID',
    message: expect.stringMatching(new RegExp(says)),
    remedy: 'correct the call; nothing was changed',
  })
  expect(on.sent).toEqual([])
})

const accepted: readonly [call: (on: ReturnType<typeof fixture>) => unknown, sent: string][] = [
  [({ api }) => api.setEnv?.({ A: 1, B: true, C: '', D: undefined, 'ü-.': 'x\ny' }), 'setEnv'],
  [({ api }) => api.setEnv?.({ A: 'x'.repeat(most - 'A='.length - 1) }), 'setEnv'],
  [({ api }) => api.run?.(['ls'], { env: process.env, timeoutMs: undefined }), 'exec'],
  [({ api }) => api.run?.(['ls'], { stdin: 'a\0b', signal: new AbortController().signal }), 'exec'],
  [({ api }) => api.run?.(['echo', '']), 'exec'],
  [({ api }) => api.kill?.('SIGRTMIN+3'), 'kill'],
  [({ api }) => api.stop?.({ graceMs: 0, timeoutMs: 0 }), 'stop'],
  [({ lane }) => lane.reset?.(), 'reset'],
  [({ lane }) => lane.start?.(), 'start'],
  [({ lane }) => lane.start?.('api', { timeoutMs: 5 }), 'start'],
  [({ lane }) => lane.disconnect?.('api', { timeoutMs: 5 }), 'attach'],
  [({ api }) => api.pause?.({ timeoutMs: 5 }), 'pause'],
]

test.for(accepted)('%# a usual argument is accepted', async ([call, sent]) => {
  const on = fixture()
  await call(on)
  expect(on.sent).toEqual([sent])
})

test('all invalid arguments of a call are in one error', async () => {
  const { api } = fixture()
  await expect(
    api.run?.(['ls', Number.NaN], { cwd: 1, timeout: 5, env: { '': 'x', B: undefined } }),
  ).rejects.toMatchObject({
    message: expect.stringContaining('4 invalid arguments of api.run'),
    details: [
      'argv[1]: must be a string, not NaN',
      'options.cwd: must be a string, not a number',
      'options.timeout: unknown key; did you mean "timeoutMs"?',
      'options.env[""]: an environment key must not be empty',
    ],
    facts: { service: 'api', lane: 'lane_1', method: 'api.run' },
  })
})

test.for([
  [{}, undefined, 'topology: must be what defineTopology returns, not an object'],
  [undefined, undefined, 'topology: must be what defineTopology returns, not undefined'],
  [topology, null, 'options: must be an object, not null'],
  [topology, { key: 3 }, 'options.key: must be a string, not a number'],
  [topology, { reset: 'full' }, 'options.reset: must be "light" or "deep" or "none"'],
  [topology, { services: 'api' }, 'options.services: must be an array, not a string'],
  [topology, { timeout: 5 }, 'options.timeout: unknown key; did you mean "timeoutMs"'],
] as const)(
  '%# lease refuses an argument before it looks for a run: %s',
  async ([of, options, says]) => {
    await expect(lease(of as never, options as never)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining(`invalid argument of lease: ${says}`),
    })
  },
)
