import { expect, test } from 'vitest'
import type { InfoJson } from '../api/api-types.ts'
import { reachOf, type Viewpoint } from './reach.ts'

const engine: InfoJson = { Name: 'laptop', NCPU: 1, MemTotal: 1, OperatingSystem: 'Debian' }
const here: Viewpoint = {
  platform: 'linux',
  hostname: 'laptop',
  inContainer: false,
  gateway: '172.17.0.1',
  hostOverride: undefined,
}
const socket = 'unix:///var/run/docker.sock'
const loopback = { host: '127.0.0.1', publishIp: '127.0.0.1' }
const everywhere = (host: string) => ({ host, publishIp: '0.0.0.0' })

test.each<[string, string, InfoJson, Viewpoint, object]>([
  ['a native engine', socket, engine, here, { ...loopback, directRoute: true }],
  [
    'Docker Desktop',
    socket,
    { ...engine, Name: 'docker-desktop' },
    { ...here, platform: 'darwin' },
    { ...loopback, directRoute: false },
  ],
  [
    'a rootless engine',
    socket,
    { ...engine, SecurityOptions: ['name=rootless'] },
    here,
    { ...loopback, directRoute: false },
  ],
  [
    'a remote engine',
    'tcp://build.example:2376',
    { ...engine, Name: 'build' },
    here,
    { ...everywhere('build.example'), directRoute: false },
  ],
  [
    'a remote engine with a slash',
    'tcp://build.example:2376/',
    { ...engine, Name: 'build' },
    here,
    { ...everywhere('build.example'), directRoute: false },
  ],
  [
    'a forwarded engine',
    'tcp://localhost:2375',
    { ...engine, Name: 'build' },
    here,
    { ...loopback, directRoute: false },
  ],
  [
    'a container with the socket',
    socket,
    engine,
    { ...here, hostname: '3f2a', inContainer: true },
    { host: '172.17.0.1', publishIp: '172.17.0.1', directRoute: false, outside: true },
  ],
  [
    'an engine in the same container',
    socket,
    engine,
    { ...here, inContainer: true },
    { ...loopback, directRoute: true },
  ],
])('reachOf with %s', (_, endpoint, info, view, expected) => {
  expect(reachOf(endpoint, info, view)).toEqual({ outside: false, ...expected })
})

const elsewhere = { ...engine, Name: 'other' }
const inside = { ...here, hostname: '3f2a', inContainer: true }
const remote = 'tcp://build.example:2376'
const forwarded = 'tcp://localhost:2375'

/** Where ports are published for each override: none, a loopback name, a loopback address, the gateway, another host. */
const overrides = [undefined, 'localhost', '127.0.0.1', '172.17.0.1', 'docker'] as const
const [lo, all, bridge] = ['127.0.0.1', '0.0.0.0', '172.17.0.1']

test.each<[string, string, InfoJson, Viewpoint, readonly (string | undefined)[]]>([
  ['an engine on this host', socket, engine, here, [lo, lo, lo, lo, lo]],
  ['a forwarded port of an engine on this host', forwarded, engine, here, [lo, lo, lo, lo, lo]],
  [
    'an engine in the same container',
    socket,
    engine,
    { ...here, inContainer: true },
    [lo, lo, lo, lo, lo],
  ],
  ['an engine in a virtual machine', socket, elsewhere, here, [lo, lo, lo, all, all]],
  ['a forwarded port of another machine', forwarded, elsewhere, here, [lo, lo, lo, all, all]],
  ['the mounted socket', socket, elsewhere, inside, [bridge, lo, lo, bridge, all]],
  ['a remote engine', remote, elsewhere, here, [all, all, all, all, all]],
  ['a remote engine from a container', remote, elsewhere, inside, [all, all, all, all, all]],
])(
  'reachOf publishes on loopback whatever the override, unless %s needs another address',
  (...row) => {
    const [, endpoint, info, view, expected] = row
    const reaches = overrides.map((hostOverride) =>
      reachOf(endpoint, info, { ...view, hostOverride }),
    )
    expect(reaches.map(({ publishIp }) => publishIp)).toEqual(expected)
    // The override says where ports answer, always.
    expect(reaches.slice(1).map(({ host }) => host)).toEqual(overrides.slice(1))
  },
)
