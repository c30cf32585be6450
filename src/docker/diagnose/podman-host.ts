import type { LibpodInfoJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { libpodVersion } from '../api/ping-headers.ts'

/** What only the own API of Podman reports of its host. */
export interface PodmanHost {
  /** Cgroup controllers that it was given, such as `memory`. What it says of limits elsewhere does not depend on them. */
  readonly controllers: readonly string[]
  /** Whether it uses systemd, whose timers run the health checks of images. */
  readonly systemd: boolean
}

/** Returns the host of Podman; `undefined` on another engine. */
export const podmanHost = async (api: EngineApi): Promise<PodmanHost | undefined> => {
  const version = await libpodVersion(api)
  if (version === undefined) return undefined
  const { host } = await api.json<LibpodInfoJson>('GET', `/v${version}/libpod/info`)
  return {
    controllers: host?.cgroupControllers ?? [],
    systemd: host?.cgroupManager === 'systemd',
  }
}
