import { expect, test } from 'vitest'
import { ids, scene } from '../test-scene.ts'

test('a container is found by id, name or the start of its id', () => {
  const { session } = scene()
  for (const reference of [ids.web, 'web', 'aa11', ids.web.slice(0, 12)])
    expect(session.container(reference)?.id).toBe(ids.web)
})

test('what the session has not created is not found', () => {
  const { session } = scene()
  for (const reference of [ids.foreign, ids.foreign.slice(0, 12), '', 'a', 'aa', 'other'])
    expect(session.container(reference)).toBeUndefined()
})

test('a start that fits two ids finds neither', () => {
  const { session } = scene()
  session.addContainer({ id: `aa11f${'0'.repeat(59)}`, writesHost: false, binds: [] })
  expect(session.container('aa11')).toBeUndefined()
  expect(session.container('aa11f')).toBeDefined()
})

test('a removed container is gone with its execs', () => {
  const { session } = scene()
  session.removeContainer(ids.web)
  expect(session.container('web')).toBeUndefined()
  expect(session.exec(ids.exec)).toBeUndefined()
  expect(session.exec(ids.writerExec)?.id).toBe(ids.writer)
})

test('a removed network or volume is not found', () => {
  const { session } = scene()
  session.removeNetwork(ids.backend)
  session.removeVolume('data')
  expect(session.network('backend')).toBeUndefined()
  expect(session.hasVolume('data')).toBe(false)
})
