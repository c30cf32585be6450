import { Queue, QueueEvents, Worker } from 'bullmq'
import { defineTopology, lease, ref } from 'mesocosm'
import { expect, test } from '../../../test/lib/test.ts'
import { celery, send } from '../../rabbitmq/test/celery/service.ts'
import { redis } from './index.ts'

// Queues of other projects, whose clients stay connected over resets.

for (const share of ['lane', 'run'] as const)
  test(`share ${share}: BullMQ has no job after a reset, and a worker that stayed connected does new ones`, async ({
    sandbox,
  }) => {
    const topology = defineTopology({
      name: `bullmq-${share}`,
      root: sandbox.folder,
      services: { cache: redis({ share }) },
    })
    await using lane = await lease(topology)
    const { cache } = lane.services
    const { hostname: host, port, username, password } = new URL(cache.url)
    const options = {
      connection: { host, port: Number(port), username, password },
      prefix: cache.key('bull'),
    }
    const done: string[] = []
    const queue = new Queue('mails', options)
    const events = new QueueEvents('mails', options)
    const worker = new Worker('mails', async ({ name }) => void done.push(name), options)
    try {
      for (const client of [queue, events, worker]) await client.waitUntilReady()
      for (const name of ['first', 'second', 'third']) {
        await queue.add('late', {}, { delay: 3_600_000 })
        await queue.upsertJobScheduler('daily', { every: 86_400_000 }, { name: 'daily' })
        const job = await queue.add(name, {}, { attempts: 2 })
        await job.waitUntilFinished(events, 120_000)
        expect(done).toContain(name)
        await lane.reset()
        expect(await queue.getJobCounts('active', 'completed', 'delayed', 'failed')).toEqual({
          active: 0,
          completed: 0,
          delayed: 0,
          failed: 0,
        })
        expect(await queue.getJobSchedulers()).toEqual([])
      }
    } finally {
      for (const client of [worker, events, queue]) await client.close()
    }
  })

test('a worker of Celery runs tasks before and after resets', async ({ sandbox }) => {
  const topology = defineTopology({
    name: 'celery-redis',
    root: sandbox.folder,
    services: {
      cache: redis(),
      worker: { ...celery, env: { BROKER: ref('cache.url'), BACKEND: ref('cache.url') } },
    },
  })
  await using lane = await lease(topology)
  const { cache, worker } = lane.services
  for (const count of [1, 2, 3]) {
    const { exitCode, stdout, stderr } = await worker.run(send(`add.delay(${count}, 1)`), {
      cwd: '/tasks',
      timeoutMs: 180_000,
    })
    expect(exitCode, stderr).toBe(0)
    expect(stdout.trim()).toBe(String(count + 1))
    expect(await cache.keys('celery-task-meta-*')).toHaveLength(1)
    await lane.reset()
    expect(await cache.keys('celery-task-meta-*')).toEqual([])
  }
})
