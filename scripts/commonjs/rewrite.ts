import { createRequire } from 'node:module'

/** Returns the relative paths that a built module or declaration file imports, also by `import()`. */
export const relativeImports = (text: string): string[] =>
  [...text.matchAll(imported)].map(([, , specifier = '']) => specifier)

/**
 * Returns a built module as CommonJS. Relative imports name the `.cjs` files next to it, and `import()` becomes
 * `require()`: Jest has no other way to load a file without flags.
 */
export const toCommonjs = (text: string): string => {
  const { ModuleKind, ScriptTarget, transpileModule } = typescript()
  const { outputText } = transpileModule(withRealTime(withoutMeta(withoutMap(text))), {
    compilerOptions: {
      module: ModuleKind.CommonJS,
      target: ScriptTarget.ES2023,
      esModuleInterop: true,
    },
  })
  return outputText.replaceAll(/\brequire\(["'](\.{1,2}\/[^"']*)\.js["']\)/g, 'require("$1.cjs")')
}

/** Returns a declaration file for the CommonJS copy of its module. The compiler keeps the `.ts` of relative imports there. */
export const toCommonjsTypes = (text: string): string =>
  withoutMap(text).replaceAll(
    imported,
    (whole, before: string, specifier: string) =>
      `${before}${specifier.replace(/\.[jt]s$/, '.cjs')}${whole.at(-1)}`,
  )

// ---

/** A relative specifier after `from`, `import` or `import(`; the quote is the last letter of a match. */
const imported = /((?:\bfrom|\bimport)\s*\(?\s*["'])(\.{1,2}\/[^"']*)["']/g

const withoutMap = (text: string): string => text.replace(/\n\/\/# sourceMappingURL=.*/, '')

/** CommonJS has no `import.meta`. The copy is next to its module, so paths from it are the same. */
const withoutMeta = (text: string): string =>
  text
    .replaceAll('import.meta.url', 'require("node:url").pathToFileURL(__filename).href')
    .replaceAll('import.meta.dirname', '__dirname')

/** Jest's fake timers replace the globals. Calls to the supervisor must go on. */
const withRealTime = (text: string): string =>
  Object.entries(real).reduce((result, [name, from]) => {
    const own = new RegExp(`import \\{[^}]*\\b${name}\\b(?! as)`).test(text)
    return own || !new RegExp(`\\b${name}\\b`).test(text)
      ? result
      : `import { ${name} } from "${from}"\n${result}`
  }, text)

const real = {
  setTimeout: 'node:timers',
  clearTimeout: 'node:timers',
  setInterval: 'node:timers',
  clearInterval: 'node:timers',
  performance: 'node:perf_hooks',
}

/** The compiler takes 0.3 s to load, which a build without changes need not wait for. */
const typescript = (): typeof import('typescript-6') =>
  createRequire(import.meta.url)('typescript-6')
