import { pluginContract } from 'mesocosm/testing'
import { rabbitmq } from './index.ts'

const queue = 'marks'

for (const share of ['run', 'lane'] as const)
  pluginContract({
    name: share === 'run' ? 'rabbitmq on a shared server' : 'rabbitmq',
    module: new URL('./index.ts', import.meta.url),
    make: () =>
      rabbitmq({ share, password: 'between/us&1', definitions: { queues: [{ name: queue }] } }),
    use: (rabbit) => rabbit.inspect(queue),
    data: {
      write: (rabbit, mark) => rabbit.publish({ queue }, mark),
      // Queues cannot be looked into: each message is taken and put back.
      async read(rabbit) {
        const { messages } = await rabbit.inspect(queue)
        const marks: string[] = []
        while (marks.length < messages) marks.push((await rabbit.consumeOne(queue)).text)
        for (const mark of marks) await rabbit.publish({ queue }, mark)
        return marks
      },
    },
    waits: {
      publish: (rabbit, options) => rabbit.publish({ queue }, 'never', options),
      consumeOne: (rabbit, options) => rabbit.consumeOne(queue, options),
      subscribe: (rabbit, options) => rabbit.subscribe({ exchange: 'amq.topic' }, options),
      purge: (rabbit, options) => rabbit.purge(queue, options),
      inspect: (rabbit, options) => rabbit.inspect(queue, options),
    },
    skip:
      share === 'run' ? { restart: 'the same server as that of one lane, and slow to start' } : {},
  })
