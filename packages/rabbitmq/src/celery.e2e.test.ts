import { defineTopology, lease, ref } from 'mesocosm'
import { expect, test } from '../../../test/lib/test.ts'
import { celery, send } from '../test/celery/service.ts'
import { rabbitmq } from './index.ts'

test('a worker of Celery runs tasks before and after resets, and none that was sent before one', async ({
  sandbox,
}) => {
  const topology = defineTopology({
    name: 'celery',
    root: sandbox.folder,
    services: {
      rabbit: rabbitmq(),
      worker: { ...celery, env: { BROKER: ref('rabbit.url'), BACKEND: 'rpc://' } },
    },
  })
  await using lane = await lease(topology)
  const { rabbit, worker } = lane.services
  const run = async (task: string) => {
    const { exitCode, stdout, stderr } = await worker.run(send(task), {
      cwd: '/tasks',
      timeoutMs: 180_000,
    })
    expect(exitCode, stderr).toBe(0)
    return stdout.trim()
  }
  for (const count of [1, 2, 3]) {
    expect(await run(`add.delay(${count}, 1)`)).toBe(String(count + 1))
    expect(await run('retried.delay()')).toBe('2')
    // Waits in the worker for its time, unacknowledged.
    const later = ['python3', '-c', 'import tasks; tasks.add.apply_async((1, 1), countdown=3600)']
    expect((await worker.run(later, { cwd: '/tasks' })).exitCode).toBe(0)
    await lane.reset()
    expect(await rabbit.inspect('celery')).toEqual({ messages: 0, consumers: 1 })
  }
})
