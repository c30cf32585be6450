import { pause } from '../../call/pause.ts'
import type { ContainerJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { ApiFailure } from '../api/errors.ts'
import { libpodVersion } from '../api/ping-headers.ts'
import type { AboutEngine } from '../find/engine-info.ts'

/** Runs the health checks of images on Podman without systemd, which does not run them by itself. */
export interface HealthChecks {
  /** Runs those of a container that was started, until it ends. */
  begin(id: string): void
  /** Ends all. */
  close(): Promise<void>
}

/** Creates what runs health checks; it does nothing on engines that run them. */
export const createHealthChecks = (
  api: EngineApi,
  about: () => Promise<AboutEngine>,
): HealthChecks => {
  const stop = new AbortController()
  const { signal } = stop
  const underWay = new Map<string, Promise<void>>()

  const follow = async (id: string): Promise<void> => {
    if ((await about()).runsHealthChecks) return
    const intervalMs = intervalOf(await look(api, id))
    if (intervalMs === undefined) return
    const path = `/v${await libpodVersion(api)}/libpod/containers/${segment(id)}/healthcheck`
    for (;;) {
      await pause(intervalMs, signal)
      if (signal.aborted) return
      try {
        await api.json('GET', path, { signal, long: true })
      } catch (error) {
        // A paused container takes none.
        if (!(error instanceof ApiFailure) || !(await isUp(api, id))) return
      }
    }
  }

  return {
    begin: (id) => {
      if (underWay.has(id)) return
      // Without checks, the health stays `starting`, which the service's readiness reports.
      const following = follow(id)
        .catch(() => undefined)
        .finally(() => underWay.delete(id))
      underWay.set(id, following)
    },
    close: async () => {
      stop.abort()
      await Promise.all(underWay.values())
    },
  }
}

// ---

const look = (api: EngineApi, id: string): Promise<ContainerJson> =>
  api.json<ContainerJson>('GET', `/containers/${segment(id)}/json`)

const isUp = async (api: EngineApi, id: string): Promise<boolean> => {
  const { State: state } = await look(api, id)
  return state.Status === 'running' || state.Status === 'paused'
}

const defaultMs = 30_000
const shortestMs = 100

/** `undefined` without a health check. */
const intervalOf = ({ Config: { Healthcheck: check } }: ContainerJson): number | undefined => {
  const [kind = 'NONE'] = check?.Test ?? []
  if (kind === 'NONE') return undefined
  // Nanoseconds.
  const ms = (check?.Interval ?? 0) / 1e6
  return ms === 0 ? defaultMs : Math.max(shortestMs, ms)
}
