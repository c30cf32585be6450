/*
 * Measures the page of a report in Chromium with the record of a big run: when the list of tests can be used, when all
 * lines can be searched, how long a search and a frame of scrolling take.
 *
 *   node bench/report-page.ts [--folder <folder of a run, made if it is missing>] [--small] [--rounds 3]
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { writeReport } from '../src/report/write/write-report.ts'
import { openChromium } from '../test/lib/chromium.ts'
import { bigRecord, makeBigRecord } from './lib/big-record.ts'

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    small: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
  },
})
const print = (what: string, value: string) => process.stdout.write(`${what.padEnd(40)} ${value}\n`)

const temporary = mkdtempSync(join(tmpdir(), 'mesocosm-page-'))
const folder = values.folder ?? join(temporary, 'run')
try {
  if (!existsSync(folder)) {
    const size = values.small ? { lines: 10_000, spans: 1_000, tests: 20, lanes: 2 } : bigRecord
    makeBigRecord(folder, size)
  }
  const { path, tests, lines } = await writeReport(folder)
  print(
    'page',
    `${(statSync(path).size / 1024 / 1024).toFixed(1)} MiB, ${tests} tests, ${lines} lines`,
  )
  await using browser = await openChromium()
  for (let round = 1; round <= Number(values.rounds); round++) {
    const { page, faults } = await browser.open()
    await page.addInitScript(watchScript)
    const cpu = await processorTime(page)
    await page.goto(`file://${path}#l=run`, { waitUntil: 'commit' })
    // The policy of the page forbids what `waitForFunction` does.
    let seen: Readonly<Record<string, number>> = {}
    while (seen.lines === undefined) {
      await delay(100)
      seen = (await page.evaluate('window.seen')) as typeof seen
    }
    print(`round ${round}: list of tests`, ms(seen.list))
    print('  after the first byte of the script', ms((seen.list ?? 0) - (seen.script ?? 0)))
    print('all lines searchable', ms(seen.lines))
    print('  processor time of the page until then', ms(await cpu()))
    for (const query of [
      'order 123456',
      'order 654321',
      'order',
      '/order \\d*99 could/',
      'lvl:error',
      'svc:api',
      '!order',
    ])
      print(`search ${query}`, await search(page, query, cpu))
    await search(page, '', cpu)
    for (const selector of ['.panel .list', '.tests .list'])
      print(`scrolling ${selector}`, await scroll(page, selector, cpu))
    if (faults.length > 0) print('faults', faults.join('\n'))
    await page.context().close()
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

// ---

function ms(value: number | undefined): string {
  return `${(value ?? Number.NaN).toFixed(0)} ms`
}

/** Returns what returns the time that the page's main thread has used; unlike the clock it counts no other process. */
async function processorTime(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
  }
}

/** Time from the keystroke until the list of lines is drawn again, with layout and paint. */
async function search(page: Page, query: string, cpu: () => Promise<number>): Promise<string> {
  const before = await cpu()
  const took = (await page.evaluate(`(async () => {
    const field = document.getElementById('search')
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ${JSON.stringify(query)})
    const start = performance.now()
    field.dispatchEvent(new Event('input', { bubbles: true }))
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    return performance.now() - start
  })()`)) as number
  const used = (await cpu()) - before
  // The list of tests follows a moment later.
  await delay(400)
  return `${took.toFixed(0)} ms, processor ${used.toFixed(0)} ms, with the list of tests ${((await cpu()) - before).toFixed(0)} ms`
}

/** Time of script, layout and paint per frame while a list is scrolled. */
async function scroll(page: Page, selector: string, cpu: () => Promise<number>): Promise<string> {
  const before = await cpu()
  const { frames, worst } = (await page.evaluate(`(async () => {
    const list = document.querySelector(${JSON.stringify(selector)})
    let worst = 0
    let frames = 0
    for (let step = 0; step < 120; step++) {
      await new Promise((done) => requestAnimationFrame(done))
      const start = performance.now()
      list.scrollTop += step % 40 === 39 ? 200000 : 137
      list.dispatchEvent(new Event('scroll'))
      await Promise.resolve()
      list.getBoundingClientRect()
      worst = Math.max(worst, performance.now() - start)
      frames++
    }
    return { frames, worst }
  })()`)) as { frames: number; worst: number }
  return `processor ${(((await cpu()) - before) / frames).toFixed(2)} ms a frame, script and layout at most ${worst.toFixed(1)} ms`
}

/** Notes when things appear; runs before the page's own script. */
function watchScript(): void {
  const seen: Record<string, number> = {}
  const page = globalThis as unknown as {
    seen: typeof seen
    document: { querySelector(selector: string): { readonly textContent: string } | null }
    requestAnimationFrame(callback: () => void): void
  }
  page.seen = seen
  const look = () => {
    const has = (selector: string) => page.document.querySelector(selector) !== null
    if (seen.script === undefined && has('#app')) seen.script = performance.now()
    if (seen.list === undefined && has('.tests .row')) seen.list = performance.now()
    if (seen.lines === undefined && has('.panel .row.log')) seen.lines = performance.now()
    else page.requestAnimationFrame(look)
  }
  look()
}
