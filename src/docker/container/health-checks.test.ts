import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { EngineApi } from '../api/engine-api.ts'
import { ApiFailure } from '../api/errors.ts'
import type { AboutEngine } from '../find/engine-info.ts'
import { createHealthChecks } from './health-checks.ts'

interface Scene {
  readonly runsHealthChecks: boolean
  readonly check: object | null
}

/** An engine of Podman with one container, which ends before the third check. */
const sceneOf = ({ runsHealthChecks, check }: Scene) => {
  const calls: string[] = []
  const ended = Promise.withResolvers<void>()
  const checksOf = () => calls.filter((path) => path.endsWith('/healthcheck')).length
  const json: EngineApi['json'] = async (_, path) => {
    calls.push(path)
    const isOver = checksOf() > 2
    if (path.endsWith('/json')) {
      if (isOver) ended.resolve()
      const status = isOver ? 'exited' : 'paused'
      return { State: { Status: status }, Config: { Healthcheck: check } } as never
    }
    if (checksOf() > 1) throw new ApiFailure(409, 'container is not running')
    return {} as never
  }
  const stream: EngineApi['stream'] = async () =>
    Object.assign(Readable.from([]), { headers: { 'libpod-api-version': '5.4.2' } }) as never
  const api: Partial<EngineApi> = { json, stream }
  const about = async () => ({ runsHealthChecks }) as AboutEngine
  return { calls, ended: ended.promise, checks: createHealthChecks(api as EngineApi, about) }
}

test('health checks run on Podman without systemd, through a pause, until the container ends', async () => {
  const check = { Test: ['CMD-SHELL', 'true'], Interval: 1e6 }
  const { calls, ended, checks } = sceneOf({ runsHealthChecks: false, check })
  checks.begin('c1')
  checks.begin('c1')
  await ended
  await checks.close()
  expect(calls.filter((path) => path.endsWith('/healthcheck'))).toEqual(
    Array.from({ length: 3 }, () => '/v5.4.2/libpod/containers/c1/healthcheck'),
  )
})

test.each<[string, Scene]>([
  ['an engine that runs them', { runsHealthChecks: true, check: { Test: ['CMD', 'true'] } }],
  ['a container without one', { runsHealthChecks: false, check: null }],
  ['one that is turned off', { runsHealthChecks: false, check: { Test: ['NONE'] } }],
])('no health checks are run for %s', async (_, scene) => {
  const { calls, checks } = sceneOf(scene)
  checks.begin('c1')
  await checks.close()
  expect(calls.filter((path) => path.endsWith('/healthcheck'))).toEqual([])
})
