import { isAbsolute, relative, resolve } from 'node:path'
import type { Generated, RegenerateOptions } from '@mesocosm/codegen'
import type { Plugin } from 'vitest/config'
import type { Vitest } from 'vitest/node'

export interface MesocosmPluginOptions {
  /** The topology file, from the project's root; default `topology.ts`, then `mesocosm.config.ts`, there or above. */
  readonly topology?: string
}

/**
 * Brings `topology.gen.ts` up to date when a suite starts, once for a watching one, in a process of its own.
 * Tests do not wait for it, unless Vitest checks types too, and never fail because of it: what goes wrong is a warning.
 * Where `CI` is set it does nothing; run `mesocosm gen --check` there. Needs `@mesocosm/codegen`.
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
    const done = bringUpToDate(vitest, { cwd: root, ...(file === undefined ? {} : { file }) })
    // A short suite would end before it, and its warnings would be lost.
    vitest.onClose(() => done)
    if (project.config.typecheck.enabled) await done
  },
})

// ---

/** For a topology file that takes no end; the tests are not its hostage. */
const longestMs = 30_000

const inCi = ({ CI }: NodeJS.ProcessEnv): boolean => CI !== undefined && !/^(|0|false)$/i.test(CI)

/** Projects of one run share what they find. */
const started = new WeakMap<Vitest, Set<string>>()

const isFirst = (vitest: Vitest, what: string): boolean => {
  const before = started.get(vitest) ?? new Set()
  started.set(vitest, before)
  return !before.has(what) && before.add(what).has(what)
}

/** Never throws. */
const bringUpToDate = async (vitest: Vitest, options: RegenerateOptions): Promise<void> => {
  try {
    const { regenerate } = await import('@mesocosm/codegen')
    tell(vitest, await regenerate(options, { signal: AbortSignal.timeout(longestMs) }))
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    vitest.logger.warn(`mesocosm: types were not generated: ${isMissing(error) ? missing : text}`)
  }
}

const tell = ({ logger }: Vitest, { path, changed, warnings }: Generated): void => {
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
