import type { VersionJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { libpodHeader, type PingHeaders, pingHeaders } from '../api/ping-headers.ts'

/** What builds images on an engine. */
export interface Builder {
  /** `buildah` is that of Podman: it is called like the classic one, and knows what BuildKit knows. */
  readonly kind: 'buildkit' | 'classic' | 'buildah'
  /** Platform of the engine, such as `linux/amd64`. */
  readonly platform: string
}

/**
 * Returns the builder of an engine.
 *
 * @throws a failure of the engine.
 */
export const findBuilder = async (api: EngineApi): Promise<Builder> => {
  const [headers, { Os = 'linux', Arch }] = await Promise.all([
    pingHeaders(api),
    api.json<VersionJson>('GET', '/version'),
  ])
  return { kind: builderOf(headers), platform: `${Os}/${Arch}` }
}

/**
 * Returns the kind of builder. Docker names its own only when it was configured or from version 23 on; older ones have
 * both builders from API 1.39 on.
 */
export const builderOf = (headers: PingHeaders): Builder['kind'] => {
  if (headers[libpodHeader] !== undefined) return 'buildah'
  const named = headers['builder-version']
  if (named === '2') return 'buildkit'
  if (named === '1' || headers.ostype === 'windows') return 'classic'
  const [major = 0, minor = 0] = String(headers['api-version'] ?? '')
    .split('.')
    .map(Number)
  return major > 1 || (major === 1 && minor >= 39) ? 'buildkit' : 'classic'
}
