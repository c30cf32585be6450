import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** Path of the machine's Chromium, which tests of pages drive; `undefined` if it has none. */
export const chromiumPath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path))

/** Why tests of pages are skipped. */
export const noChromium = 'no Chromium on PATH: apt-get install chromium'

/** A browser for tests. */
export interface TestBrowser extends AsyncDisposable {
  /** Opens a page in a profile of its own. What it logs as an error, other than a policy's refusal, is in `faults`. */
  open(options?: BrowserContextOptions): Promise<{ readonly page: Page; readonly faults: string[] }>
}

/** Starts the machine's Chromium. */
export const openChromium = async (): Promise<TestBrowser> => {
  if (chromiumPath === undefined) throw new Error(noChromium)
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      // Root cannot have Chromium's sandbox.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    timeout: 120_000,
  })
  return {
    async open(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        locale: 'en-GB',
        // Colours would be between two for a while.
        reducedMotion: 'reduce',
        ...options,
      })
      context.setDefaultTimeout(60_000)
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(String(error)))
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text())
      })
      return { page, faults }
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** Returns texts whose contrast to their background is below WCAG's AA, with the ratio. */
export const faintTexts = (page: Page): Promise<string[]> => page.evaluate(faintTextsScript)

// ---

/** A string, because the types of pages are not those of tests. */
const faintTextsScript = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    return canvas.getImageData(0, 0, 1, 1).data
  }
  const luminance = (colour) => {
    const [r, g, b] = [...rgba(colour)].map((value) => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor
      if (rgba(colour)[3] === 255) return colour
    }
    return 'white'
  }
  const faint = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement
    if (node.textContent.trim() === '' || !element.checkVisibility() || element.closest(':disabled')) continue
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(ground(element))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + node.textContent.trim().slice(0, 40))
  }
  return faint
})()`
