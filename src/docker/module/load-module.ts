import { existsSync, readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { didYouMean } from '../../errors/nearest.ts'
import { codeOf, messageOf } from '../../errors/unknown-error.ts'
import type { ModuleSpec } from '../../model/service-spec.ts'
import type { ModuleService } from '../../runtime/module-service.ts'
import { type Foreign, foreign } from './foreign.ts'
import { readContainer } from './read-container.ts'
import { unreadable } from './unreadable.ts'

/**
 * Loads a testcontainers module, creates its container, applies its options and reads it as a service.
 *
 * @param root folder that the module is resolved from, unless `resolveFrom` names another.
 * @throws {MesocosmError} `MODULE_UNREADABLE`
 */
export const loadModule = async (spec: ModuleSpec, root: string): Promise<ModuleService> => {
  const base = resolveBase(spec.resolveFrom, root)
  const exports = await importModule(spec.module, base)
  const made = construct(spec, exports)
  return readContainer(applyOptions(spec, made))
}

// ---

const resolveBase = (resolveFrom: string | undefined, root: string): string => {
  if (resolveFrom === undefined) return join(root, 'topology.ts')
  const path = resolveFrom.startsWith('file:') ? fileURLToPath(resolveFrom) : resolveFrom
  return isAbsolute(path) ? path : resolve(root, path)
}

const importModule = async (name: string, base: string): Promise<Foreign> => {
  try {
    return (await import(pathToFileURL(locate(name, base)).href)) as Foreign
  } catch (cause) {
    throw unreadable(`module ${name} could not be loaded from ${dirname(base)}`, {
      remedy: `install it there: npm install --save-dev ${name}`,
      facts: { module: name, from: base },
      cause,
    })
  }
}

const locate = (name: string, base: string): string => {
  try {
    return createRequire(base).resolve(name)
  } catch (error) {
    const found = isEsmOnly(error) ? esmEntry(name, base) : undefined
    if (found !== undefined) return found
    throw error
  }
}

const isEsmOnly = (error: unknown): boolean => codeOf(error) === 'ERR_PACKAGE_PATH_NOT_EXPORTED'

/** The entry of an ESM-only package, which `require.resolve` does not find. */
const esmEntry = (name: string, base: string): string | undefined => {
  const file = findPackageJSON(name, pathToFileURL(base))
  if (file === undefined) return undefined
  const { exports } = JSON.parse(readFileSync(file, 'utf8')) as { exports?: unknown }
  const entry = importCondition(foreign(exports)['.'] ?? exports)
  const path = entry === undefined ? undefined : join(dirname(file), entry)
  return path !== undefined && existsSync(path) ? path : undefined
}

const importCondition = (target: unknown): string | undefined => {
  if (typeof target === 'string') return target
  const { node, import: esm, default: other } = foreign(target)
  for (const choice of [node, esm, other]) {
    const found = choice === undefined ? undefined : importCondition(choice)
    if (found !== undefined) return found
  }
  return undefined
}

const construct = (spec: ModuleSpec, exports: Foreign): object => {
  const found = exports[spec.export] ?? foreign(exports.default)[spec.export]
  const candidates = [...Object.keys(exports), ...Object.keys(foreign(exports.default))]
  if (typeof found !== 'function') {
    throw unreadable(
      `module ${spec.module} exports no ${spec.export}${didYouMean(spec.export, candidates)}`,
      { remedy: 'check `export`', facts: { module: spec.module, export: spec.export } },
    )
  }
  try {
    return Reflect.construct(found, [...spec.args]) as object
  } catch (cause) {
    throw unreadable(`new ${spec.export}(…) failed: ${messageOf(cause)}`, {
      remedy: 'check `args`: most modules take an image name first',
      facts: { module: spec.module, export: spec.export },
      cause,
    })
  }
}

const applyOptions = (spec: ModuleSpec, made: object): object =>
  Object.entries(spec.options).reduce((container, [method, args]) => {
    const set = (container as Foreign)[method]
    if (typeof set !== 'function') {
      const known = methodsOf(made)
      throw unreadable(`class ${spec.export} has no ${method}${didYouMean(method, known)}`, {
        remedy: 'check `options`: its keys are `with…` methods of the class',
        facts: { module: spec.module, export: spec.export, method },
      })
    }
    try {
      return (set.apply(container, [...args]) as object | undefined) ?? container
    } catch (cause) {
      throw unreadable(`${spec.export}.${method}(…) failed: ${messageOf(cause)}`, {
        remedy: 'check the arguments of that option',
        facts: { module: spec.module, export: spec.export, method },
        cause,
      })
    }
  }, made)

const methodsOf = (made: object): string[] => {
  const names: string[] = []
  for (
    let at: object = made;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    names.push(...Object.getOwnPropertyNames(at).filter((name) => name.startsWith('with')))
  }
  return names
}
