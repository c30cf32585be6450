import { isAbsolute, relative, resolve } from 'node:path'
import type { GenerateResult, RegenerateOptions } from '@mesocosm/codegen'
import type { Plugin } from 'vitest/config'
import type { Vitest } from 'vitest/node'

/** Options of the plugin {@link mesocosm}. */
export interface MesocosmPluginOptions {
  /** Path of the topology file from the project's root; default the nearest `topology.ts` or `mesocosm.config.ts`. */
  readonly topology?: string
}

/**
 * Returns a Vitest plugin that updates `topology.gen.ts` in a separate process, once when Vitest starts. Tests wait for
 * it only if Vitest checks types, and never fail because of it: failures are warnings. It is a no-op where `CI` is set;
 * run `mesocosm gen --check` there. Needs `@mesocosm/codegen`.
 *
 * @example
 * // vitest.config.ts
 * export default defineConfig({ plugins: [mesocosm()] })
 */
export const mesocosm = ({ topology }: MesocosmPluginOptions = {}): Plugin => ({
  name: 'mesocosm',
  async configureVitest({ vitest, project }) {
    const root = project.config.root
    const file = topology === undefined ? undefined : resolve(root, topology)
    if (inCi(process.env) || !isFirst(vitest, file ?? root)) return
    const done = update(vitest, { cwd: root, ...(file === undefined ? {} : { file }) })
    // A short suite would end first, and the warnings would be lost.
    vitest.onClose(() => done)
    if (project.config.typecheck.enabled) await done
  },
})

// ---

/** Limit for a topology file that never finishes loading. */
const limitMs = 30_000

const inCi = ({ CI }: NodeJS.ProcessEnv): boolean => CI !== undefined && !/^(|0|false)$/i.test(CI)

/** Topologies that were updated already: projects of one run share them. */
const started = new WeakMap<Vitest, Set<string>>()

const isFirst = (vitest: Vitest, what: string): boolean => {
  const before = started.get(vitest) ?? new Set()
  started.set(vitest, before)
  return !before.has(what) && before.add(what).has(what)
}

/** Never throws. */
const update = async (vitest: Vitest, options: RegenerateOptions): Promise<void> => {
  try {
    const { regenerate } = await import('@mesocosm/codegen')
    report(vitest, await regenerate(options, { signal: AbortSignal.timeout(limitMs) }))
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    vitest.logger.warn(`mesocosm: types were not generated: ${isMissing(error) ? missing : text}`)
  }
}

const report = ({ logger }: Vitest, { path, changed, warnings }: GenerateResult): void => {
  const shown = relative(process.cwd(), path)
  if (changed) logger.log(`mesocosm: ${isAbsolute(shown) ? path : shown} written`)
  for (const { service, file, message } of warnings)
    logger.warn(`mesocosm: ${service}, ${file}: ${message}`)
}

const missing = '@mesocosm/codegen is not installed'

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' &&
  error.message.includes("'@mesocosm/codegen'")
