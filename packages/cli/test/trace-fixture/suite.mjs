import { openRunnerSession } from 'mesocosm/runner'
import { topology } from './topology.ts'

// What a test runner does for two tests, the second of which fails.
const session = openRunnerSession(topology, { client: 'suite' })
const run = async (file, title, body) => {
  const test = await file.beginTest({ file: 'orders.test.mjs', titlePath: ['orders', title] })
  try {
    await body(await test.use('worker'), test)
    test.end({ status: 'passed' })
  } catch (error) {
    test.explain(error)
    test.end({ status: 'failed', error: error.message })
  }
}
{
  await using file = await session.forFile()
  await run(file, 'are counted', async (worker) => {
    await worker.exec.count(21)
    await worker.http.fetch('/7')
    await worker.logs.waitFor('order 7 done')
  })
  await run(file, 'are done', async (worker, { lane }) => {
    await lane.step('switch the worker', () => worker.setEnv({ MODE: 'fast' }))
    await worker.http.fetch('/8')
    await worker.logs.waitFor('order 8 done', { timeoutMs: 2_000 })
  })
}
