import { expect, test } from 'vitest'
import type { ContainerJson } from '../api/api-types.ts'
import { containerState } from './state.ts'

const json = (NetworkMode: string): ContainerJson => ({
  Id: 'c1',
  Name: '/lane_1-api',
  Image: 'i1',
  State: { Status: 'running', ExitCode: 0, OOMKilled: false, StartedAt: '', FinishedAt: '' },
  Config: {},
  HostConfig: { NetworkMode },
  NetworkSettings: {
    Networks: { lane_1: { NetworkID: 'n1', IPAddress: '10.208.0.2' } },
    Ports: { '80/tcp': [{ HostPort: '33119' }] },
  },
})

test('containerState returns the addresses and ports of a container with a network of its own', () => {
  expect(containerState(json('lane_1'))).toMatchObject({
    addresses: { n1: '10.208.0.2' },
    published: { '80/tcp': 33_119 },
  })
})

test('containerState returns no addresses of a joined container, even when the engine lists them', () => {
  expect(containerState(json('container:f7499af362ea'))).toMatchObject({
    addresses: {},
    published: {},
  })
})
