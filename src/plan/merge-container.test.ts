import { expect, test } from 'vitest'
import type { ModuleSpec, ServiceSpec } from '../model/service-spec.ts'
import { mergeContainer } from './merge-container.ts'

const from: ModuleSpec = { module: 'm', export: 'C', args: [], options: {} }

test('declared keys win key by key over what was read from a container', () => {
  const read: Partial<ServiceSpec> = {
    image: 'postgres:17',
    user: 'postgres',
    env: { A: 'read', B: 'read' },
    ports: { main: { port: 5432, scheme: 'http' }, other: { port: 1, scheme: 'http' } },
    ready: { kind: 'all', probes: [{ kind: 'tcp', port: 'main' }, { kind: 'healthcheck' }] },
    files: [{ content: 'x', to: '/read' }],
  }
  const declared: ServiceSpec = {
    from,
    user: 'root',
    env: { B: 'declared' },
    ports: { sql: { port: 5432, scheme: 'http' } },
    files: [{ content: 'y', to: '/declared' }],
  }
  expect(mergeContainer(declared, read)).toEqual({
    image: 'postgres:17',
    user: 'root',
    env: { A: 'read', B: 'declared' },
    ports: { sql: { port: 5432, scheme: 'http' }, other: { port: 1, scheme: 'http' } },
    ready: { kind: 'all', probes: [{ kind: 'tcp', port: 'sql' }, { kind: 'healthcheck' }] },
    files: [
      { content: 'x', to: '/read' },
      { content: 'y', to: '/declared' },
    ],
  })
})

test('keys that neither side has stay absent', () => {
  expect(mergeContainer({ from }, { image: 'x' })).toEqual({ image: 'x' })
})
