import type { Command } from '../model/command.ts'
import { isObject, objectOf, parseJson, textOf } from './json-value.ts'
import type { ToolFiles } from './provider.ts'

/**
 * Commands of a service's own package: its scripts as `npm:<script>`, its programs as `bin:<name>`.
 * The text of a script is not copied: it may hold what nobody wants to read twice.
 */
export const readPackage = (files: ToolFiles): readonly Command[] => {
  const own = manifestOf(files)
  const scripts = Object.keys(objectOf(own.scripts))
  return [
    ...scripts
      .filter((script) => !isHook(script, scripts))
      .map((script) => command(`npm:${script}`, `npm run ${script}`)),
    ...binNames(own).map((bin) => command(`bin:${bin}`, `Program ${bin} of the package`)),
  ]
}

/** Its name within a folder of sources. */
export const manifest = 'package.json'

/** The package's manifest, empty when there is none or it is no JSON. */
export const manifestOf = (files: ToolFiles) => objectOf(parseJson(files.text(manifest) ?? '{}'))

/** Whether there is a manifest that cannot be read. */
export const isManifestBroken = (files: ToolFiles): boolean =>
  parseJson(files.text(manifest) ?? '{}') === undefined

/** Whether the package needs another one to run. */
export const dependsOn = (files: ToolFiles, name: string): boolean => {
  const { dependencies, devDependencies } = manifestOf(files)
  return Object.hasOwn({ ...objectOf(dependencies), ...objectOf(devDependencies) }, name)
}

// ---

/** What npm runs by itself, when something is installed, packed or published, or around another script. */
const lifecycle =
  /^((pre|post)?(install|publish|pack|version|uninstall|shrinkwrap)|(pre|post)?prepare|prepublishOnly|dependencies)$/

const isHook = (script: string, scripts: readonly string[]): boolean => {
  const around = /^(?:pre|post)(.+)$/.exec(script)?.[1]
  return lifecycle.test(script) || (around !== undefined && scripts.includes(around))
}

const binNames = ({ bin, name }: { readonly [key: string]: unknown }): readonly string[] => {
  if (isObject(bin)) return Object.keys(bin)
  // One program has the name of its package, without the scope.
  const own = textOf(name).replace(/^@[^/]*\//, '')
  return typeof bin === 'string' && own !== '' ? [own] : []
}

const command = (name: string, doc: string): Command => ({
  name,
  doc,
  args: [{ name: 'args', required: false, variadic: true, type: { kind: 'string' } }],
  options: [],
})
