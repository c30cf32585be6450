import { expect, test } from 'vitest'
import type { Session } from '../session/connect.ts'
import { createMemoryRecord } from './memory-record.ts'
import { noteClient, withoutSecrets } from './note-client.ts'

test('a process is recorded once per connection, with the command line of its runner', () => {
  const record = createMemoryRecord()
  const session = {} as Session
  noteClient(session, record, 'vitest')
  noteClient(session, record, 'vitest')
  expect(record.written).toEqual([
    expect.objectContaining({
      k: 'client',
      client: 'vitest',
      pid: process.pid,
      runtime: `node ${process.versions.node}`,
    }),
  ])
  noteClient({} as Session, record, 'vitest')
  expect(record.written).toHaveLength(2)
})

test('values of options that are named like secrets are not part of a command line', () => {
  expect(
    withoutSecrets([
      'vitest',
      '--token=abc',
      '--api-key',
      'abc',
      '--password',
      '--run',
      'a',
      '-t',
      'x',
    ]),
  ).toEqual(['vitest', '--token=•••', '--api-key', '•••', '--password', '--run', 'a', '-t', 'x'])
})
