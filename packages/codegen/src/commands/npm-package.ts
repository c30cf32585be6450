import type { ServiceCommand } from '../model/command.ts'
import { isObject, objectOf, parseJson, textOf } from './json-value.ts'
import type { ToolFiles } from './provider.ts'

/**
 * Returns the commands of a service's own package: its scripts as `npm:<script>`, its programs as `bin:<name>`.
 * The command line of a script is not copied, because it can contain secrets.
 */
export const readPackage = (files: ToolFiles): readonly ServiceCommand[] => {
  const own = manifestOf(files)
  const scripts = Object.keys(objectOf(own.scripts))
  return [
    ...scripts
      .filter((script) => !isHook(script, scripts))
      .map((script) => command(`npm:${script}`, `npm run ${script}`)),
    ...binNames(own).map((bin) => command(`bin:${bin}`, `Program ${bin} of the package`)),
  ]
}

/** File name of the manifest. */
export const manifest = 'package.json'

/** Returns the package's manifest; empty if it is missing or not valid JSON. */
export const manifestOf = (files: ToolFiles) => objectOf(parseJson(files.text(manifest) ?? '{}'))

/** Returns whether the manifest exists but is not valid JSON. */
export const isManifestBroken = (files: ToolFiles): boolean =>
  parseJson(files.text(manifest) ?? '{}') === undefined

/** Returns whether the package has another one among its dependencies or devDependencies. */
export const dependsOn = (files: ToolFiles, name: string): boolean => {
  const { dependencies, devDependencies } = manifestOf(files)
  return Object.hasOwn({ ...objectOf(dependencies), ...objectOf(devDependencies) }, name)
}

// ---

/** Scripts that npm runs on its own: on install, pack and publish, or before and after another script. */
const lifecycle =
  /^((pre|post)?(install|publish|pack|version|uninstall|shrinkwrap)|(pre|post)?prepare|prepublishOnly|dependencies)$/

const isHook = (script: string, scripts: readonly string[]): boolean => {
  const around = /^(?:pre|post)(.+)$/.exec(script)?.[1]
  return lifecycle.test(script) || (around !== undefined && scripts.includes(around))
}

const binNames = ({ bin, name }: { readonly [key: string]: unknown }): readonly string[] => {
  if (isObject(bin)) return Object.keys(bin)
  // A single program is named after its package, without the scope.
  const own = textOf(name).replace(/^@[^/]*\//, '')
  return typeof bin === 'string' && own !== '' ? [own] : []
}

const command = (name: string, doc: string): ServiceCommand => ({
  name,
  doc,
  args: [{ name: 'args', required: false, variadic: true, type: { kind: 'string' } }],
  options: [],
})
