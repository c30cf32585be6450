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
    { host: '172.17.0.1', publishIp: '172.17.0.1', directRoute: false },
  ],
  [
    'an engine in the same container',
    socket,
    engine,
    { ...here, inContainer: true },
    { ...loopback, directRoute: true },
  ],
  [
    'a host given by the user',
    socket,
    engine,
    { ...here, hostOverride: 'docker' },
    { ...everywhere('docker'), directRoute: true },
  ],
])('reachOf with %s', (_, endpoint, info, view, expected) => {
  expect(reachOf(endpoint, info, view)).toEqual(expected)
})
