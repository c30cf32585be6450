import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../src/client/lane/compile.ts'
import { recordedTopology } from '../src/engine/run/recorded-topology.ts'
import { graphSvg } from '../src/report/graph/svg.ts'
import { topologyGraph } from '../src/report/graph/topology-graph.ts'

const root = join(import.meta.dirname, '..')

/** Pages whose code blocks all come from files that are compiled and tested. */
const strict = ['README.md', ...globSync('docs/*.md', { cwd: root })].sort()
const others = globSync('packages/*/README.md', { cwd: root }).sort()

/** Returns the code blocks of a page that name the file, or region of a file, that they come from. */
const snippetsOf = (page: string) =>
  [
    ...readFileSync(join(root, page), 'utf8').matchAll(
      /<!-- from ([^#\s]+)(?:#(\S+))? -->\n```(?:ts|json|php|python|sh)\n([\s\S]*?)```/g,
    ),
  ].map(([, file, region, text]) => ({
    page,
    file: file as string,
    region,
    text: text as string,
  }))

const snippets = [...strict, ...others].flatMap(snippetsOf)

test('the README has code blocks from tested files', () => {
  expect(snippets.filter(({ page }) => page === 'README.md').length).toBeGreaterThanOrEqual(4)
})

test.for(snippets)('$page has the current text of $file $region', ({ file, region, text }) => {
  const source = readFileSync(join(root, file), 'utf8')
  expect(text).toBe(region === undefined ? source : regionOf(source, region))
})

test.for(strict)('every code block in %s comes from a tested file', (page) => {
  const fences = readFileSync(join(root, page), 'utf8').match(/```(ts|json|php|python)\n/g) ?? []
  const shown = snippetsOf(page).filter(({ file }) => !file?.endsWith('.sh'))
  expect(fences).toHaveLength(shown.length)
})

test.for([...strict, ...others])('%s has no broken links', (page) => {
  const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
  const missing = links.filter(([, to = '']) => !existsSync(join(root, page, '..', to)))
  expect(missing.map(([, to]) => to)).toEqual([])
})

test('docs/shop-graph.svg shows the services of examples/shop', async () => {
  const { topology } = await import('../examples/shop/topology.ts')
  const graph = topologyGraph(recordedTopology(await compile(topology)))
  await expect(graphSvg(graph)).toMatchFileSnapshot('../docs/shop-graph.svg')
})

/** Returns a region without the indentation that all its lines have. */
const regionOf = (source: string, name: string): string => {
  const found = new RegExp(`(?://|#) #region ${name}\\n([\\s\\S]*?)[ ]*(?://|#) #endregion`).exec(
    source,
  )
  if (found === null) throw new Error(`no region ${name}`)
  const lines = (found[1] as string).split('\n')
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  return lines.map((line) => line.slice(Math.min(...depths))).join('\n')
}
