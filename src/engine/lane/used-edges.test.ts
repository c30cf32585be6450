import { expect, test } from 'vitest'
import type { LaneCore } from './lane-core.ts'
import { connectionsIn, type TcpConnection } from './tcp-table.ts'
import { createUsedEdges } from './used-edges.ts'

test('connections are read from the tables of Linux, also those of IPv4 in IPv6', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 00000000:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1',
    '   1: 0300120A:9C40 0200120A:1538 01 00000000:00000000 00:00000000 00000000     0        0 2',
    '   2: 0300120A:9C42 0200120A:1538 06 00000000:00000000 03:000016F2 00000000     0        0 0',
    '   3: 0300120A:9C44 0400120A:1538 02 00000000:00000000 00:00000000 00000000     0        0 3',
  ].join('\n')
  expect(connectionsIn(table)).toEqual([
    { local: end('10.18.0.3', 40_000), remote: end('10.18.0.2', 5_432) },
    { local: end('10.18.0.3', 40_002), remote: end('10.18.0.2', 5_432) },
  ])
  const table6 = [
    'head',
    '   0: 0000000000000000FFFF00000300120A:0BB8 0000000000000000FFFF00000200120A:9C40 01 0 0',
    '   1: 00000000000000000000000001000000:0BB8 00000000000000000000000001000000:9C40 01 0 0',
  ].join('\n')
  expect(connectionsIn(table6)).toEqual([
    { local: end('10.18.0.3', 3_000), remote: end('10.18.0.2', 40_000) },
  ])
  expect(connectionsIn('')).toEqual([])
})

const end = (host: string, port: number) => ({ host, port })

/** A lane of api and worker on their own addresses, and a server that lanes share; which connections each process has. */
const lane = (
  connections: Readonly<Record<number, readonly TcpConnection[]>>,
  { directRoute = true } = {},
) => {
  const written: unknown[] = []
  const member = (name: string, pid: number, host?: string) => ({
    name,
    sandbox: { state: { pid, addresses: host === undefined ? {} : { n: host } } },
  })
  const port = (number: number) => ({ ports: { main: { port: number, scheme: 'tcp' } } })
  const core = {
    name: 'lane_1',
    context: {
      info: { directRoute },
      record: {
        events: { write: (k: string, entry: object) => void written.push({ k, ...entry }) },
      },
    },
    group: {
      members: { all: () => [member('api', 1, '10.0.0.2'), member('worker', 2, '10.0.0.3')] },
    },
    tenancies: { names: ['db'], server: () => ({}) },
    shared: { find: () => member('db', 3) },
    spec: { complete: { api: port(3_000), worker: port(4_000), db: port(5_432) } },
  } as unknown as LaneCore
  const asked: number[] = []
  const edges = createUsedEdges(core, async (pid) => {
    asked.push(pid)
    const found = connections[pid]
    if (found === undefined) throw new Error('gone')
    return found
  })
  return { edges, written, asked }
}

test('a connection between two services is an edge to the port that was declared, once', async () => {
  const { edges, written } = lane({
    1: [{ local: end('10.0.0.2', 3_000), remote: end('10.0.0.3', 40_000) }],
    2: [
      { local: end('10.0.0.3', 40_000), remote: end('10.0.0.2', 3_000) },
      { local: end('10.0.0.3', 40_002), remote: end('10.0.0.2', 3_000) },
      { local: end('10.0.0.3', 40_004), remote: end('192.0.2.1', 443) },
    ],
    // The address of a shared server in the lane is not known, but that of its client is.
    3: [{ local: end('10.0.0.9', 5_432), remote: end('10.0.0.3', 40_006) }],
  })
  await edges.look()
  await edges.look()
  expect(written).toEqual([
    { k: 'edge.used', l: 'lane_1', s: 'worker', to: 'api', port: 3_000 },
    { k: 'edge.used', l: 'lane_1', s: 'worker', to: 'db', port: 5_432 },
  ])
})

test('what cannot be read is left out, and processes of another machine are not looked at', async () => {
  const gone = lane({})
  await gone.edges.look()
  expect(gone.written).toEqual([])
  const remote = lane({}, { directRoute: false })
  await remote.edges.look()
  expect(remote.asked).toEqual([])
})
