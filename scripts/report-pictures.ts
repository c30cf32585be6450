// `node scripts/report-pictures.ts [folder]`: pictures of a report; those of the README, or of all views into a folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeShop } from '../packages/report/test/scene/shop.ts'
import { ids } from '../packages/report/test/scene/shop-tests.ts'
import { writeReport } from '../src/report/write/write-report.ts'
import { openChromium } from '../test/lib/chromium.ts'
import { bundleReport } from './bundle-report.ts'
import { root } from './run.ts'
import { smallPng } from './small-png.ts'

interface Picture {
  readonly name: string
  readonly hash: string
  readonly size?: readonly [width: number, height: number]
}

const failed: Picture = { name: 'report', hash: `t=${ids.delivery}` }
const views: readonly Picture[] = [
  failed,
  { name: 'run', hash: 'l=run' },
  { name: 'steps', hash: `t=${ids.delivery}&p=steps` },
  { name: 'graph', hash: `t=${ids.delivery}&p=graph` },
  { name: 'selection', hash: `t=${ids.delivery}&r=8600-10300` },
  { name: 'narrow', hash: `t=${ids.delivery}`, size: [390, 1600] },
]

const [to] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'report-pictures-'))
try {
  await bundleReport()
  mkdirSync(join(folder, 'run'))
  writeShop(join(folder, 'run'))
  const { path } = await writeReport(join(folder, 'run'))
  if (to !== undefined) mkdirSync(to, { recursive: true })
  await using browser = await openChromium()
  for (const colorScheme of ['light', 'dark'] as const)
    for (const { name, hash, size: [width, height] = [1440, 780] } of to === undefined
      ? [failed]
      : views) {
      const { page } = await browser.open({ colorScheme, viewport: { width, height } })
      await page.goto(`file://${path}#${hash}`)
      await page.locator('.label.service').first().waitFor()
      // The counts of lines are drawn after a frame.
      await page.evaluate(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
      )
      const picture = smallPng(await page.screenshot())
      writeFileSync(join(to ?? join(root, 'docs'), `${name}-${colorScheme}.png`), picture)
    }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
