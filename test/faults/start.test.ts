import { exec, healthcheck, http, log, tcp } from 'mesocosm'
import { app } from '../lib/app.ts'
import { expect, test } from '../lib/test.ts'
import { faultOf } from './lease.ts'

const script = (source: string) => ({ image: app.image, command: ['node', '-e', source] })

test('a service that exits immediately is reported with exit code and last log lines', async ({
  sandbox,
}) => {
  const fault = await faultOf(sandbox, {
    api: { ...app, command: ['sh', '-c', 'echo one; echo two >&2; exit 4'] },
  })
  expect(fault).toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { service: 'api', exitCode: 4, outOfMemory: false },
  })
  expect([...fault.lastLogs].sort()).toEqual(['one', 'two'])
})

test('an exited dependency is reported, not the service that needs it', async ({ sandbox }) => {
  const fault = await faultOf(sandbox, {
    api: { ...app, dependsOn: ['store'] },
    store: { ...script('process.exit(5)'), ready: log('never said') },
  })
  expect(fault).toMatchObject({ code: 'SERVICE_EXITED', facts: { service: 'store', exitCode: 5 } })
})

test('a service that exceeds its memory limit is SERVICE_OUT_OF_MEMORY', async ({ sandbox }) => {
  const fault = await faultOf(sandbox, {
    api: {
      ...script('const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))'),
      memoryMiB: 64,
      ready: log('never said'),
    },
  })
  expect(fault).toMatchObject({
    code: 'SERVICE_OUT_OF_MEMORY',
    facts: { service: 'api', outOfMemory: true },
    remedy: expect.stringContaining('memoryMiB'),
  })
})

test('a program that the image lacks is reported', async ({ sandbox }) => {
  const fault = await faultOf(sandbox, {
    api: { ...app, entrypoint: ['/no/such/program'] },
  })
  expect(fault).toMatchObject({ code: 'SERVICE_START_FAILED', facts: { service: 'api' } })
  expect(fault.message).toContain('/no/such/program')
})

test('a user that the image lacks is reported', async ({ sandbox }) => {
  const fault = await faultOf(sandbox, { api: { ...app, user: 'nobody-such' } })
  expect(fault).toMatchObject({ code: 'SERVICE_START_FAILED', facts: { service: 'api' } })
  expect(fault.message).toContain('nobody-such')
})

/** Enough for a busy machine to boot the service and probe it once. */
const readyTimeoutMs = 2_000

const elsewhere = { ...app, env: { PORT: 4000 }, readyTimeoutMs }

test.for([
  ['http', { ...app, ready: http('/nothing'), readyTimeoutMs }, 'answered 404'],
  ['tcp', { ...elsewhere, ready: tcp() }, /refused|closed/i],
  ['tcp inside', { ...elsewhere, ready: tcp('http', { from: 'inside' }) }, /nothing listens on/],
  ['log', { ...app, ready: log(/never said/), readyTimeoutMs }, '0 of 1 lines'],
  [
    'exec',
    { ...app, ready: exec(['sh', '-c', 'echo not today >&2; exit 3']), readyTimeoutMs },
    'exit code 3: not today',
  ],
  ['health check', { ...app, ready: healthcheck(), readyTimeoutMs }, 'health is none'],
] as const)(
  'a probe that never succeeds reports what it saw last: %s',
  async ([, service, seen], { sandbox }) => {
    const fault = await faultOf(sandbox, { api: service })
    expect(fault).toMatchObject({
      code: 'SERVICE_NOT_READY',
      facts: { service: 'api', seen: expect.stringMatching(seen) },
    })
    expect(fault.lastLogs).toEqual([expect.stringContaining('listens on')])
  },
)
