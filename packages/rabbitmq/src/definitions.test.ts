import { expect, test } from 'vitest'
import { definitionsFile } from './definitions.ts'

test('definitions get the defaults of keys that are left out', () => {
  const written = definitionsFile({
    exchanges: [{ name: 'events', type: 'topic' }],
    queues: [{ name: 'jobs', durable: false, arguments: { 'x-max-length': 1 } }],
    bindings: [{ source: 'events', destination: 'jobs', routing_key: 'job.*' }],
    policies: [{ name: 'short', pattern: '.*', definition: { 'max-length': 1 } }],
  })
  expect(JSON.parse(written)).toEqual({
    exchanges: [
      {
        name: 'events',
        type: 'topic',
        durable: true,
        auto_delete: false,
        internal: false,
        arguments: {},
      },
    ],
    queues: [
      { name: 'jobs', durable: false, auto_delete: false, arguments: { 'x-max-length': 1 } },
    ],
    bindings: [
      {
        source: 'events',
        destination: 'jobs',
        destination_type: 'queue',
        routing_key: 'job.*',
        arguments: {},
      },
    ],
    policies: [
      {
        name: 'short',
        pattern: '.*',
        definition: { 'max-length': 1 },
        'apply-to': 'all',
        priority: 0,
      },
    ],
  })
})

test('definitions of a whole server lose their users and virtual hosts', () => {
  const exported = { users: [{ name: 'guest' }], vhosts: [{ name: '/' }], queues: [] }
  expect(Object.keys(JSON.parse(definitionsFile(exported)))).toEqual([
    'exchanges',
    'queues',
    'bindings',
    'policies',
  ])
})
