import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chromiumPath, noChromium } from '../../../test/lib/chromium.ts'
import { openConsumer } from '../test/consumer.ts'
import { installPacked } from '../test/installed.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '../test/page', name), 'utf8')

test('the example of the README drives a real page of a service', async ({ skip }) => {
  if (chromiumPath === undefined) return skip(noChromium)
  using installed = await installPacked()
  const launch = { executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] }
  await using consumer = openConsumer(
    installed.folder,
    { 'topology.ts': read('topology.ts'), 'page.spec.ts': read('page.spec.ts') },
    // Only ends what hangs.
    `timeout: 120_000, expect: { timeout: 60_000 }, use: { launchOptions: ${JSON.stringify(launch)} },`,
  )
  const run = await consumer.run()
  expect(Object.values(run.said), run.output).toEqual([['passed']])
  expect(run.recorded).toEqual(run.said)
})
