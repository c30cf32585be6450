import { expect, test } from 'vitest'
import { relativeImports, toCommonjs, toCommonjsTypes } from './rewrite.ts'

/** Runs CommonJS text with modules of these names. */
const run = (text: string, modules: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const module = { exports: {} as Record<string, unknown> }
  const load = (name: string) => modules[name] ?? process.getBuiltinModule(name)
  new Function('module', 'exports', 'require', '__filename', '__dirname', text)(
    module,
    module.exports,
    load,
    '/dist/a.cjs',
    '/dist',
  )
  return module.exports
}

/** In parts, so that no tool takes it for the map of this file. */
const mapComment = `//# ${'sourceMappingURL'}=a.js.map`

test('imports and exports of a module work as CommonJS', () => {
  const text = `import { one } from './one.js'
import * as all from '../two.js'
export { three } from "./three.js"
export const sum = () => one + all.two
${mapComment}
`
  const rewritten = toCommonjs(text)
  expect(rewritten).not.toContain('sourceMappingURL')
  const { sum, three } = run(rewritten, {
    './one.cjs': { one: 1 },
    '../two.cjs': { two: 2 },
    './three.cjs': { three: 3 },
  })
  expect([(sum as () => number)(), three]).toEqual([3, 3])
})

test('a lazy import loads the CommonJS copy, and a package with its default export', async () => {
  const rewritten = toCommonjs(`export const load = () => import('./lazy.js')
export const loadPackage = async () => (await import('pg')).default
`)
  const { load, loadPackage } = run(rewritten, {
    './lazy.cjs': { __esModule: true, lazy: true },
    pg: { Pool: 1 },
  })
  expect(await (load as () => Promise<unknown>)()).toMatchObject({ lazy: true })
  expect(await (loadPackage as () => Promise<unknown>)()).toEqual({ Pool: 1 })
})

test('a module knows its own path without import.meta', () => {
  const { url, dirname } = run(
    toCommonjs('export const url = import.meta.url\nexport const dirname = import.meta.dirname\n'),
    {},
  )
  expect([url, dirname]).toEqual(['file:///dist/a.cjs', '/dist'])
})

test('timers and the clock are those of Node, whatever the globals are', () => {
  const text = `import { setTimeout as delay } from 'node:timers/promises'
export const parts = () => [setTimeout, performance, delay]
`
  const { parts } = run(`const setTimeout = 0, performance = 0;\n{ ${toCommonjs(text)} }`, {})
  const { setTimeout: delay } = process.getBuiltinModule('node:timers/promises')
  const { setTimeout: real } = process.getBuiltinModule('node:timers')
  expect((parts as () => unknown[])()).toEqual([real, performance, delay])
})

test('declarations name the CommonJS declarations, and packages as before', () => {
  const text = `import type { A } from './a.js';
export { B } from "../b.ts";
export type C = import('./c.js').C;
import 'mesocosm';
`
  expect(relativeImports(text)).toEqual(['./a.js', '../b.ts', './c.js'])
  expect(toCommonjsTypes(text)).toBe(text.replaceAll(/\.[jt]s/g, '.cjs'))
})
