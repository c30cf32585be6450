import { stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import type { EngineInfo } from '../../runtime/engine-info.ts'
import type { InfoJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import type { AboutEngine } from '../find/engine-info.ts'

/**
 * Refuses a container with mounts of host paths that are missing. Not every engine does: Podman creates a folder owned
 * by root instead. Only the engine can tell where it does not share the files of this process.
 *
 * @throws {MesocosmError} `SERVICE_START_FAILED` with every missing path.
 */
export const checkMountSources = async (
  api: EngineApi,
  about: () => Promise<AboutEngine>,
  { name, mounts = [] }: Pick<ContainerSpec, 'name' | 'mounts'>,
): Promise<void> => {
  const sources = [...new Set(mounts.map(({ from }) => from))]
  const found = await Promise.all(sources.map(isMissing))
  const missing = sources.filter((_, index) => found[index])
  if (missing.length === 0 || !(await sharesFiles(api, (await about()).info))) return
  throw new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `container ${name} could not be created: its mounts have missing host paths: ${missing.join(', ')}`,
    remedy: 'create the missing paths, or fix them in `mounts`',
    facts: { container: name, missing },
    details: missing,
  })
}

// ---

/**
 * A socket alone proves nothing: it may be forwarded, or mounted into the container of this process. An engine on this
 * host has its name, and the folder of its data is visible.
 */
const sharesFiles = async (
  api: EngineApi,
  { endpoint, name }: Pick<EngineInfo, 'endpoint' | 'name'>,
): Promise<boolean> => {
  if (!endpoint.startsWith('unix://') || name !== hostname()) return false
  const { DockerRootDir: data = '' } = await api.json<InfoJson>('GET', '/info')
  return data !== '' && !(await isMissing(data))
}

/** A path that this process may not look at can still exist. */
const isMissing = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return false
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR'
  }
}
