import { callForeign } from '../../call/foreign-code.ts'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { ModuleSpec } from '../../model/service-spec.ts'
import type { ModuleService } from '../../runtime/module-service.ts'
import { loadModule } from './load-module.ts'
import { unreadable } from './unreadable.ts'

/**
 * Reads a testcontainers module as a service; see `RuntimeAbilities.readModule`. A module is code of others, which runs
 * in this process.
 *
 * @throws {MesocosmError} `MODULE_UNREADABLE`
 */
export const readModule = async (
  spec: ModuleSpec,
  root: string,
  limitMs?: number,
): Promise<ModuleService> => {
  const { module, export: name } = spec
  try {
    return await callForeign(`module ${module}`, () => loadModule(spec, root), limitMs)
  } catch (cause) {
    if (isMesocosmError(cause)) throw cause
    throw unreadable(`${name} of module ${module} could not be read: ${messageOf(cause)}`, {
      facts: { module, export: name },
      cause,
    })
  }
}
