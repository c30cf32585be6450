import type { ChannelModel } from 'amqplib'
import { defineTopology, lease, ref } from 'mesocosm'
import { eventually } from '../../../test/lib/eventually.ts'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { app, ask, open } from '../test/app.ts'
import { type RabbitmqOptions, rabbitmq } from './index.ts'

// What tests declare and change on the server, and what a light reset makes of it.

const declare = ({ folder }: Sandbox, options: RabbitmqOptions = {}, name = 'declared') =>
  defineTopology({
    name,
    root: folder,
    services: {
      rabbit: rabbitmq({ definitions, ...options }),
      app: { ...app, env: { RABBIT_URL: ref('rabbit.url') } },
    },
  })

const definitions = {
  exchanges: [{ name: 'audit', type: 'fanout' }],
  queues: [
    { name: 'log' },
    { name: 'short', arguments: { 'x-max-length': 5 } },
    { name: 'history', arguments: { 'x-queue-type': 'stream' } },
  ],
  bindings: [{ source: 'audit', destination: 'log' }],
  policies: [{ name: 'limit', pattern: '^log$', definition: { 'max-length': 2 } }],
}

/** What the server has in the virtual host of a lane, one line each, sorted. */
const listOf =
  (rabbit: {
    readonly vhost: string
    run(argv: readonly string[]): Promise<{ readonly stdout: string }>
  }) =>
  async (what: string, ...columns: readonly string[]) => {
    const argv = ['rabbitmqctl', '-q', '--no-table-headers', '-p', rabbit.vhost, what, ...columns]
    const { stdout } = await rabbit.run(argv)
    return stdout.trim().split('\n').sort()
  }

for (const share of ['run', 'lane'] as const)
  test(`share ${share}: what a test declared is gone after a reset, and what it deleted or changed is there again`, async ({
    sandbox,
  }) => {
    await using lane = await lease(declare(sandbox, { share }, `topology-${share}`))
    const { app, rabbit } = lane.services
    const started = await ask(app, '/started')
    const list = listOf(rabbit)
    const all = async () => ({
      queues: await list('list_queues', 'name', 'arguments'),
      exchanges: await list('list_exchanges', 'name', 'type'),
      bindings: await list('list_bindings', 'source_name', 'destination_name', 'routing_key'),
    })
    const before = await all()
    await using client = await open(rabbit.url)
    const { channel } = client
    await channel.assertQueue('mine')
    await channel.assertQueue('mine-quorum', { arguments: { 'x-queue-type': 'quorum' } })
    await channel.assertExchange('mine', 'topic')
    await channel.assertExchange('mine-too', 'direct')
    await channel.bindExchange('mine-too', 'events', '#')
    await channel.bindQueue('mine', 'mine', '#')
    await channel.bindQueue('jobs', 'mine', '#')
    await channel.bindQueue('log', 'events', 'extra')
    await channel.unbindQueue('log', 'audit', '')
    await channel.deleteQueue('short')
    await channel.assertQueue('short', { arguments: { 'x-max-length': 6 } })
    await channel.deleteQueue('history')
    await channel.deleteExchange('audit')
    await channel.deleteQueue('log')
    await rabbit.publish({ queue: 'mine' }, 'x')
    await client.close()
    expect(await all()).not.toEqual(before)
    await lane.reset()
    expect(await all()).toEqual(before)
    expect(await ask(app, '/started')).toBe(started)
    await rabbit.publish({ exchange: 'audit' }, 'again', { mandatory: true })
    expect((await rabbit.consumeOne('log')).text).toBe('again')
  })

test('a queue that a connected client declared later or consumes from stays, empty', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { app, rabbit } = lane.services
  await ask(app, '/declare?queue=later')
  await ask(app, '/send?queue=later&text=one')
  await using client = await open(rabbit.url)
  const { channel } = client
  const got: string[] = []
  await channel.assertExchange('feeds', 'fanout')
  await channel.assertQueue('feed')
  await channel.bindQueue('feed', 'feeds', '')
  await channel.consume('feed', (message) => got.push(String(message?.content)), { noAck: true })
  for (let count = 0; count < 2; count += 1) {
    await lane.reset()
    expect(await rabbit.inspect('later')).toEqual({ messages: 0, consumers: 0 })
    await ask(app, '/send?queue=later&text=two')
    expect((await rabbit.consumeOne('later')).text).toBe('two')
    await rabbit.publish({ exchange: 'feeds' }, `after ${count}`, { mandatory: true })
    await eventually(async () => expect(got.at(-1)).toBe(`after ${count}`))
  }
  await client.close()
  await lane.reset()
  await expect(rabbit.inspect('feed')).rejects.toMatchObject({ facts: { replyCode: 404 } })
})

test('messages that a service never acknowledges are gone, and it can answer for them later', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { app, rabbit } = lane.services
  const started = await ask(app, '/started')
  await ask(app, '/hold-quorum')
  for (const answer of ['/ack', '/requeue']) {
    for (const queue of ['held', 'held-quorum']) await rabbit.publish({ queue }, 'kept back')
    await eventually(async () => expect(await ask(app, '/held')).toBe('2'))
    await lane.reset()
    // The server's list is seconds old for a quorum queue.
    await eventually(async () =>
      expect(await listOf(rabbit)('list_queues', 'name', 'messages')).toEqual(
        expect.arrayContaining(['held\t0', 'held-quorum\t0']),
      ),
    )
    expect(await ask(app, answer)).toBe('2')
    // The channel that answered still works, and nothing has come back.
    for (const queue of ['held', 'held-quorum']) await rabbit.publish({ queue }, 'next')
    await eventually(async () => expect(await ask(app, '/held')).toBe('2'))
    expect(await ask(app, '/ack')).toBe('2')
    expect(await ask(app, '/started')).toBe(started)
  }
})

test('a message that only a quorum queue has out to a service is gone after a reset at once', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { app, rabbit } = lane.services
  await ask(app, '/hold-quorum')
  await rabbit.publish({ queue: 'held-quorum' }, 'kept back')
  await eventually(async () => expect(await ask(app, '/held')).toBe('1'))
  await lane.reset()
  const reopened = await ask(app, '/requeue')
  expect(reopened).toBe('1')
  expect(await rabbit.inspect('held-quorum')).toMatchObject({ messages: 0 })
  expect(await ask(app, '/held')).toBe('0')
})

test('a stream is empty after a reset, unless a client consumes from it', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { app, rabbit } = lane.services
  const read = async ({
    channel,
  }: {
    readonly channel: Awaited<ReturnType<ChannelModel['createChannel']>>
  }) => {
    const got: string[] = []
    await channel.prefetch(10)
    await channel.consume(
      'history',
      (message) => {
        if (message === null) return got.push('cancelled')
        channel.ack(message)
        return got.push(String(message.content))
      },
      { arguments: { 'x-stream-offset': 'first' } },
    )
    return got
  }
  // Over a channel that stays open, as that of a service.
  await ask(app, '/send?queue=history&text=old')
  await lane.reset()
  await ask(app, '/send?queue=history&text=new')
  await using reader = await open(rabbit.url)
  const got = await read(reader)
  await eventually(async () => expect(got).toEqual(['new']))
  await lane.reset()
  await ask(app, '/send?queue=history&text=newer')
  await eventually(async () => expect(got).toEqual(['new', 'newer']))
})

test('users, permissions, policies and parameters are as declared after a reset', async ({
  sandbox,
}) => {
  const topology = declare(sandbox, {}, 'accounts')
  await using one = await lease(topology)
  const { rabbit } = one.services
  const list = listOf(rabbit)
  const all = async () => ({
    users: await list('list_users'),
    permissions: await list('list_permissions'),
    topics: await list('list_topic_permissions'),
    policies: await list('list_policies'),
    operator: await list('list_operator_policies'),
    limits: await list('list_vhost_limits'),
    vhosts: await list('list_vhosts'),
  })
  const before = await all()
  const { vhost, user } = rabbit
  const ctl = async (...argv: readonly string[]) => {
    const { exitCode, stderr } = await rabbit.run(['rabbitmqctl', ...argv])
    expect(exitCode, stderr).toBe(0)
  }
  await ctl('add_user', 'guest-of-test', 'secret')
  await ctl('set_permissions', '-p', vhost, 'guest-of-test', '.*', '', '.*')
  await ctl('set_permissions', '-p', vhost, user, '', '', '')
  await ctl('change_password', user, 'other')
  await ctl('set_user_tags', user, 'monitoring')
  await ctl('set_topic_permissions', '-p', vhost, user, 'events', '^a', '^a')
  await ctl('set_policy', '-p', vhost, 'mine', '.*', '{"max-length":1}')
  await ctl('set_policy', '-p', vhost, 'limit', '^log$', '{"max-length":7}')
  await ctl('set_operator_policy', '-p', vhost, 'mine', '.*', '{"max-length":1}')
  await ctl('set_vhost_limits', '-p', vhost, '{"max-queues":1}')
  await ctl('add_vhost', 'made')
  await one.reset()
  expect(await all()).toEqual(before)
  await using client = await open(rabbit.url)
  await client.channel.assertQueue('allowed')

  // With another lane on the server, only what is known to be of this lane.
  await using two = await lease(topology)
  await ctl('add_user', 'mine', 'secret')
  await ctl('set_permissions', '-p', vhost, 'mine', '.*', '', '.*')
  await ctl('add_user', 'anyones', 'secret')
  await one.reset()
  const users = (await list('list_users')).map((line) => line.split('\t')[0])
  expect(users).toEqual(['anyones', `app_${one.name}`, `app_${two.name}`, 'mesocosm'].sort())
  await using other = await open(two.services.rabbit.url)
  await other.channel.assertQueue('allowed')
})
