import { expect, test } from 'vitest'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { ApiFailure } from '../api/errors.ts'
import type { AboutEngine } from '../find/engine-info.ts'
import { createContainers } from './containers.ts'
import type { Unanswered } from './unanswered.ts'

const spec: ContainerSpec = { name: 'a', image: 'x', labels: {}, network: { kind: 'none' } }

// Which warnings a real engine has depends on its kernel.
test.each<[string, object, readonly string[]]>([
  ['two', { Warnings: ['no swap limit', 'no pids limit'] }, ['no swap limit', 'no pids limit']],
  ['an empty list', { Warnings: [] }, []],
  ['null', { Warnings: null }, []],
  ['no list', {}, []],
])('create passes on the warnings of the engine: %s', async (_, answer, expected) => {
  const api: Partial<EngineApi> = { json: async () => ({ Id: 'c1', ...answer }) as never }
  const about = async () =>
    ({ publishIp: '127.0.0.1', info: {}, ignoredLimits: [] }) as unknown as AboutEngine
  const unanswered: Partial<Unanswered> = { gone: async () => undefined }
  const containers = createContainers(api as EngineApi, about, unanswered as Unanswered)
  const heard: string[] = []
  const onWarning = (text: string) => heard.push(text)
  expect(await containers.create(spec, { onWarning })).toBe('c1')
  expect(heard).toEqual(expected)
})

test('create leaves out limits that the engine ignores, and says so', async () => {
  const bodies: { readonly HostConfig: object }[] = []
  const json: EngineApi['json'] = async (_, __, request) => {
    bodies.push(request?.body as (typeof bodies)[0])
    return { Id: 'c1', Warnings: ['another'] } as never
  }
  const ignoredLimits: AboutEngine['ignoredLimits'] = ['memoryMiB', 'pidsLimit']
  const about = async () =>
    ({ publishIp: '127.0.0.1', info: {}, ignoredLimits }) as unknown as AboutEngine
  const unanswered: Partial<Unanswered> = { gone: async () => undefined }
  const containers = createContainers(
    { json } as Partial<EngineApi> as EngineApi,
    about,
    unanswered as Unanswered,
  )
  const heard: string[] = []
  const onWarning = (text: string) => heard.push(text)
  await containers.create({ ...spec, memoryMiB: 64, cpus: 1 }, { onWarning })
  expect(heard).toEqual([expect.stringMatching(/^memoryMiB has no effect/), 'another'])
  expect(bodies[0]?.HostConfig).not.toHaveProperty('Memory')
  expect(bodies[0]?.HostConfig).toHaveProperty('NanoCpus', 1e9)
})

test('a limit that the engine refuses is a failed start, with a remedy for the limit', async () => {
  const words =
    'NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted'
  const api: Partial<EngineApi> = {
    json: async () => {
      throw new ApiFailure(400, words)
    },
  }
  const about = async () =>
    ({ publishIp: '127.0.0.1', info: {}, ignoredLimits: [] }) as unknown as AboutEngine
  const unanswered: Partial<Unanswered> = {
    gone: async () => undefined,
    undo: async () => undefined,
  }
  const containers = createContainers(api as EngineApi, about, unanswered as Unanswered)
  await expect(containers.create({ ...spec, cpus: 0.5 })).rejects.toMatchObject({
    code: 'SERVICE_START_FAILED',
    message: expect.stringContaining(words),
    remedy: expect.stringContaining('leave the limit out'),
  })
})

test('a pause that a busy kernel could not bring about is tried again', async () => {
  const asked: string[] = []
  const api: Partial<EngineApi> = {
    json: async (method, path) => {
      asked.push(`${method} ${path}`)
      if (asked.length < 3)
        throw new ApiFailure(500, 'OCI runtime pause failed: unable to freeze: unknown')
      return undefined as never
    },
  }
  const containers = createContainers(
    api as EngineApi,
    async () => expect.unreachable(),
    {} as Unanswered,
  )
  await containers.signal('c1', 'pause')
  expect(asked).toEqual(Array(3).fill('POST /containers/c1/pause'))
})
