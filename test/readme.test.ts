import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Fences of the README that name the tested file they are taken from, as a whole or by region. */
const snippets = [
  ...readFileSync(join(root, 'README.md'), 'utf8').matchAll(
    /<!-- from ([^#\s]+)(?:#(\S+))? -->\n```ts\n([\s\S]*?)```/g,
  ),
].map(([, file, region, text]) => ({ file: file as string, region, text: text as string }))

test('the README shows something', () => {
  expect(snippets.length).toBeGreaterThanOrEqual(4)
})

test.for(snippets)('$file $region is shown as it is', ({ file, region, text }) => {
  const source = readFileSync(join(root, file), 'utf8')
  expect(text).toBe(region === undefined ? source : regionOf(source, region))
})

test('every TypeScript fence of the README comes from a tested file', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  expect(readme.match(/```ts\n/g)).toHaveLength(snippets.length)
})

const regionOf = (source: string, name: string): string => {
  const found = new RegExp(`// #region ${name}\\n([\\s\\S]*?)// #endregion`).exec(source)
  if (found === null) throw new Error(`no region ${name}`)
  return found[1] as string
}
