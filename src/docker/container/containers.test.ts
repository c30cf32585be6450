import { expect, test } from 'vitest'
import type { ContainerSpec } from '../../runtime/runtime.ts'
import type { EngineApi } from '../api/engine-api.ts'
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
  const about = async () => ({ publishIp: '127.0.0.1', info: {} }) as AboutEngine
  const unanswered: Partial<Unanswered> = { gone: async () => undefined }
  const containers = createContainers(api as EngineApi, about, unanswered as Unanswered)
  const heard: string[] = []
  const onWarning = (text: string) => heard.push(text)
  expect(await containers.create(spec, { onWarning })).toBe('c1')
  expect(heard).toEqual(expected)
})
