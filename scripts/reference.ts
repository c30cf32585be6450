// `node scripts/reference.ts`: writes `docs/reference`; `--check` only says which pages are out of date.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDoors } from './doors.ts'
import { commandsPage } from './reference/commands.ts'
import { errorsPage } from './reference/errors.ts'
import { pages } from './reference/pages.ts'
import { createRenderer } from './reference/render.ts'
import { root } from './run.ts'

const folder = join(root, 'docs', 'reference')
const isCheck = process.argv.includes('--check')

const opened = await openDoors()
const renderer = createRenderer(opened)
const wanted = new Map<string, string>()
const titles: string[] = []
for (const page of pages) {
  titles.push(`- [${page.title}](${page.file}): ${page.about}`)
  const parts = [
    `# ${page.title}`,
    page.about,
    ...page.sections.map((section) => renderer.section(section)),
  ]
  if (page.extra === 'errors') parts.push(await errorsPage(opened))
  if (page.extra === 'commands') parts.push(await commandsPage())
  wanted.set(page.file, `${parts.join('\n\n')}\n`)
}
const left = renderer.leftOut()
if (left.length > 0) {
  console.error(`on no page of scripts/reference/pages.ts: ${left.join(', ')}`)
  process.exit(1)
}
wanted.set(
  'README.md',
  `# Reference\n\nMade from the docstrings of the sources by \`node scripts/reference.ts\`.\n\n${titles.join('\n')}\n`,
)

await mkdir(folder, { recursive: true })
const present = new Set(await readdir(folder))
const stale: string[] = []
for (const [name, text] of wanted) {
  const path = join(folder, name)
  if (present.has(name) && (await readFile(path, 'utf8')) === text) continue
  stale.push(name)
  if (!isCheck) await writeFile(path, text)
}
for (const name of present) {
  if (wanted.has(name)) continue
  stale.push(name)
  if (!isCheck) await rm(join(folder, name))
}
if (isCheck && stale.length > 0) {
  console.error(
    `docs/reference is out of date: ${stale.join(', ')}; run \`node scripts/reference.ts\``,
  )
  process.exit(1)
}
console.log(
  `reference: ${wanted.size} pages, ${stale.length} ${isCheck ? 'out of date' : 'written'}`,
)
