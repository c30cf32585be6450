import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { licenses } from './licenses.ts'
import { root } from './run.ts'

/** Folder of the page's sources. */
const reportPage = join(root, 'packages/report')

/** Pages: of a run that is in the page, and of one that is served. */
const pages = { 'page.html': 'embedded.ts', 'live.html': 'live.ts' } as const

/** Returns a page without data: one HTML file with its script and its style in it. */
const reportHtml = async (entry: string): Promise<string> => {
  // Imported late: other builds do not need it.
  const { build } = await import('rolldown')
  const { output } = await build({
    input: join(reportPage, 'src/view', entry),
    platform: 'browser',
    // It has how JSX is compiled.
    tsconfig: join(root, 'tsconfig.page.json'),
    write: false,
    output: { format: 'iife', minify: true, codeSplitting: false },
  })
  const [{ code, moduleIds }] = output
  const read = (name: string) => readFileSync(join(reportPage, name), 'utf8')
  const script = `${code.trim()}\n${licenses(moduleIds)}`
  if (script.includes('</script') || script.includes('<!--'))
    throw new Error('the script of the report would end its element')
  const parts: Readonly<Record<string, string>> = {
    style: withoutComments(read('style.css')),
    script,
  }
  return read('page.html').replace(
    /\/\*mesocosm:(style|script)\*\//g,
    (_, name: string) => parts[name] ?? '',
  )
}

/** Writes the pages to where reports are made from them. */
export const bundleReport = async (): Promise<void> => {
  const folder = join(root, 'dist/report')
  mkdirSync(folder, { recursive: true })
  for (const [name, entry] of Object.entries(pages)) {
    const html = await reportHtml(entry)
    // Replaced by a rename: a report may be written from it.
    const part = join(folder, `${name}.${process.pid}`)
    writeFileSync(part, html)
    renameSync(part, join(folder, name))
  }
}

// ---

const withoutComments = (css: string): string =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '')
    .replace(/\s*([{};,])\s*/g, '$1')
    .replace(/;}/g, '}')
