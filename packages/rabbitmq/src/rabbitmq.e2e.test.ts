import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineTopology, lease, ref } from 'mesocosm'
import { eventually } from '../../../test/lib/eventually.ts'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { app, ask, open } from '../test/app.ts'
import { archiveOf } from '../test/archive.ts'
import { type RabbitmqOptions, rabbitmq } from './index.ts'

const declare = ({ folder }: Sandbox, options: RabbitmqOptions = {}, name = 'queues') =>
  defineTopology({
    name,
    root: folder,
    services: {
      rabbit: rabbitmq(options),
      app: { ...app, env: { RABBIT_URL: ref('rabbit.url') } },
    },
  })

const failureOf = (promise: Promise<unknown>) => promise.catch((thrown: unknown) => thrown)

test('messages are published, consumed and copied, in queues that a service declared', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { app, rabbit } = lane.services
  expect(app.env.RABBIT_URL).toBe(
    `amqp://app_${lane.name}:rabbit-password@rabbit:5672/${lane.name}`,
  )
  await using events = await rabbit.subscribe({ exchange: 'events', routingKey: 'job.#' })
  const waiting = rabbit.consumeOne('jobs')
  await ask(app, '/publish?key=job.new&text=first')
  expect((await waiting).text).toBe('first')
  expect(await events.waitForMessage('first')).toMatchObject({ routingKey: 'job.new' })

  await rabbit.publish({ queue: 'jobs' }, { id: 1 }, { headers: { a: 'b' }, correlationId: 'c' })
  await rabbit.publish({ exchange: 'events', routingKey: 'job.old' }, 'second')
  await rabbit.publish({ queue: 'jobs' }, Buffer.from([1, 2]))
  const second = await rabbit.consumeOne('jobs', { match: /^sec/ })
  expect(second).toMatchObject({ exchange: 'events', routingKey: 'job.old', text: 'second' })
  expect(await rabbit.inspect('jobs')).toEqual({ messages: 2, consumers: 0 })
  const json = await rabbit.consumeOne('jobs')
  expect(json.json()).toEqual({ id: 1 })
  expect(json).toMatchObject({
    headers: { a: 'b' },
    properties: { correlationId: 'c', contentType: 'application/json' },
  })
  expect([...(await rabbit.consumeOne('jobs')).body]).toEqual([1, 2])
  expect(events.messages().map(({ text }) => text)).toEqual(['first', 'second'])
})

test('errors name a missing queue or exchange, and list the messages that did not match', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { rabbit } = lane.services
  const absent = { code: 'SERVICE_CLIENT_FAILED', facts: { replyCode: 404 } }
  expect(await failureOf(rabbit.consumeOne('absent'))).toMatchObject(absent)
  expect(await failureOf(rabbit.inspect('absent'))).toMatchObject(absent)
  expect(await failureOf(rabbit.purge('absent'))).toMatchObject(absent)
  expect(await failureOf(rabbit.publish({ exchange: 'absent' }, 'x'))).toMatchObject(absent)
  expect(await failureOf(rabbit.subscribe({ exchange: 'absent' }))).toMatchObject(absent)
  await expect(rabbit.publish({ queue: 'absent' }, 'x')).rejects.toThrow(/no queue "absent"/)
  const unbound = { exchange: 'events', routingKey: 'unbound' }
  await rabbit.publish(unbound, 'x')
  await expect(rabbit.publish(unbound, 'x', { mandatory: true })).rejects.toThrow(/no queue bound/)

  await rabbit.publish({ queue: 'jobs' }, 'other')
  const late = await failureOf(rabbit.consumeOne('jobs', { match: 'mine', timeoutMs: 5_000 }))
  expect(late).toMatchObject({
    code: 'TIMEOUT',
    facts: { queue: 'jobs', messages: 1, consumers: 0, others: 1 },
    details: ['jobs: other'],
  })
  const signal = AbortSignal.abort(new Error('enough'))
  expect(await failureOf(rabbit.consumeOne('jobs', { signal }))).toMatchObject({ code: 'ABORTED' })
})

for (const share of ['run', 'lane'] as const) {
  test(`share ${share}: a reset purges queues, keeps declarations, and leaves connections open`, async ({
    sandbox,
  }) => {
    const definitions = {
      exchanges: [{ name: 'audit', type: 'fanout' }],
      queues: [{ name: 'log', arguments: { 'x-queue-type': 'quorum' } }, { name: 'events' }],
      bindings: [{ source: 'audit', destination: 'log' }],
      policies: [{ name: 'short', pattern: '^log$', definition: { 'max-length': 2 } }],
    }
    await using lane = await lease(declare(sandbox, { share, definitions }, `reset-${share}`))
    const { app, rabbit } = lane.services
    const started = await ask(app, '/started')
    await rabbit.publish({ exchange: 'audit' }, 'one', { mandatory: true })
    await rabbit.publish({ queue: 'jobs' }, 'two')
    // A service still has this in hand while the reset begins.
    await rabbit.publish({ queue: 'held' }, 'three')
    await eventually(async () => expect(await ask(app, '/held')).toBe('1'))
    const resetting = lane.reset()
    expect(await ask(app, '/ack')).toBe('1')
    await resetting
    for (const queue of ['log', 'jobs', 'held'])
      expect((await rabbit.inspect(queue)).messages, queue).toBe(0)
    expect(await ask(app, '/started')).toBe(started)
    await ask(app, '/publish?key=job.new&text=again')
    expect((await rabbit.consumeOne('jobs')).text).toBe('again')

    for (const queue of ['jobs', 'log', 'log']) await rabbit.publish({ queue }, 'x')
    await eventually(async () => expect((await rabbit.inspect('log')).messages).toBe(2))
    expect(await rabbit.purge('jobs')).toBe(1)
    expect(await rabbit.purge()).toBe(2)

    await rabbit.publish({ queue: 'jobs' }, 'x')
    await lane.reset({ level: 'deep' })
    expect(await ask(app, '/started')).not.toBe(started)
    expect(await rabbit.inspect('jobs')).toEqual({ messages: 0, consumers: 0 })
    expect(await rabbit.inspect('log')).toEqual({ messages: 0, consumers: 0 })
  })

  test(`share ${share}: lanes do not see each other`, async ({ sandbox }) => {
    const topology = declare(sandbox, { share }, `apart-${share}`)
    await using one = await lease(topology)
    await using two = await lease(topology)
    await two.services.rabbit.publish({ queue: 'jobs' }, 'two')
    expect(await one.services.rabbit.inspect('jobs')).toEqual({ messages: 0, consumers: 0 })
    await using heard = await two.services.rabbit.subscribe({ exchange: 'events' })
    await ask(one.services.app, '/publish?key=job.new&text=one')
    await one.reset()
    await one.services.rabbit.purge()
    expect((await two.services.rabbit.consumeOne('jobs')).text).toBe('two')
    expect(heard.messages()).toEqual([])
  })
}

test('a server that was killed or stopped has its queues when it starts again', async ({
  sandbox,
}) => {
  // With a topology of its own, because only a lane that is alone on a shared server can stop it.
  await using lane = await lease(declare(sandbox, {}, 'alone'))
  const { app, rabbit } = lane.services
  await using heard = await rabbit.subscribe({ exchange: 'events' })
  await rabbit.publish({ queue: 'jobs' }, 'kept')
  const waiting = failureOf(heard.waitForMessage())
  await rabbit.kill()
  expect(await waiting).toMatchObject({ code: 'SERVICE_CLIENT_FAILED' })
  expect(await failureOf(rabbit.inspect('jobs'))).toMatchObject({ code: 'SERVICE_CLIENT_FAILED' })
  await rabbit.start()
  expect(await rabbit.inspect('jobs')).toEqual({ messages: 1, consumers: 0 })
  await rabbit.stop()
  await rabbit.start()
  expect((await rabbit.consumeOne('jobs')).text).toBe('kept')
  await lane.reset()
  await ask(app, '/publish?key=job.new&text=again')
  expect((await rabbit.consumeOne('jobs')).text).toBe('again')

  await rabbit.pause()
  const late = rabbit.consumeOne('jobs', { timeoutMs: 300 })
  expect(await failureOf(late)).toMatchObject({ code: 'TIMEOUT' })
  await rabbit.unpause()
  await rabbit.publish({ queue: 'jobs' }, 'x')
})

test('a server joins running lanes, keeps nothing of a lane that leaves, and its password is not in the record', async ({
  sandbox,
}) => {
  const topology = declare(sandbox, {}, 'joined')
  await using one = await lease(topology)
  await using two = await lease(topology)
  const node = rabbitmq({ password: 'sesame "open": /@$' })
  const stays = await one.add('second', node)
  const goes = await two.add('second', node)
  const password = encodeURIComponent('sesame "open": /@$')
  const url = `amqp://app_${two.name}:${password}@second:5672/${two.name}`
  await two.services.app.withEnv({ RABBIT_URL: url }, async () => {
    await ask(two.services.app, '/publish?key=job.new&text=elsewhere')
    expect((await goes.consumeOne('jobs')).text).toBe('elsewhere')
  })
  const server = async (what: string) => {
    const { stdout } = await stays.run(['rabbitmqctl', '-q', what, '--no-table-headers'])
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0])
      .sort()
  }
  expect(await server('list_vhosts')).toEqual(['/', one.name, two.name].sort())
  await two.remove('second')
  expect(await server('list_vhosts')).toEqual(['/', one.name].sort())
  expect(await server('list_users')).toEqual([`app_${one.name}`, 'mesocosm'].sort())
  const written = await recordOf(sandbox)
  expect(written).toContain('lanes.sh')
  expect(written).not.toContain('sesame')
})

test('plugins of the image and plugins from files are enabled', async ({ sandbox }) => {
  const app = `{application, from_file, [{description, "x"}, {vsn, "1.0.0"}, {modules, []},
    {registered, []}, {applications, [kernel, stdlib, rabbit]}]}.`
  await writeFile(
    join(sandbox.folder, 'from_file-1.0.0.ez'),
    archiveOf('from_file-1.0.0/ebin/from_file.app', app),
  )
  const plugins = ['rabbitmq_consistent_hash_exchange', './from_file-1.0.0.ez']
  await using lane = await lease(declare(sandbox, { plugins }, 'plugins'))
  const { rabbit } = lane.services
  const { stdout } = await rabbit.run(['rabbitmq-plugins', '-q', 'list', '-e', '-m'])
  expect(stdout.trim().split('\n').sort()).toEqual([
    'from_file',
    'rabbitmq_consistent_hash_exchange',
  ])
  const running = await rabbit.run(['rabbitmqctl', 'eval', 'application:which_applications().'])
  expect(running.stdout).toContain('from_file')
  await using client = await open(rabbit.url)
  await client.channel.assertExchange('spread', 'x-consistent-hash')
  await lane.reset()
})

test('a lane is created by rabbitmqctl when the image has no erl_call', async ({ sandbox }) => {
  const topology = defineTopology({
    name: 'slow',
    root: sandbox.folder,
    services: {
      rabbit: {
        ...rabbitmq(),
        entrypoint: [
          'sh',
          '-c',
          'rm -f $(readlink -f $(command -v erl_call)); exec docker-entrypoint.sh "$@"',
          'sh',
        ],
      },
    },
  })
  await using lane = await lease(topology)
  const { rabbit: server } = lane.services
  expect((await server.run(['sh', '-c', 'erl_call'])).exitCode).not.toBe(0)
  await using _ = await server.subscribe({ exchange: 'amq.topic' })
  expect(await server.purge()).toBe(0)
})

/** All that the runs of this file have written to disk so far. */
const recordOf = async ({ folder }: Sandbox): Promise<string> => {
  const cwd = join(folder, '.mesocosm')
  const files = await Array.fromAsync(glob('**/*', { cwd, withFileTypes: true }))
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}
