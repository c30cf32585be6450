import { expect, test } from 'vitest'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { assertLocal, localProbe, localSpecFor, localSpecNow } from './local-program.ts'
import { ServiceOverrides } from './service-overrides.ts'

const local = { command: ['npm', 'start'], cwd: '/shop/api', watch: ['/shop/api/src'] }
const ports = { http: { port: 3000, scheme: 'http' } }
const api: ServiceSpec = { image: 'api', ports, local }

test('a swap replaces the command or the folder of `local`, and keeps its other keys', () => {
  expect(localSpecFor('api', api, {}, '/shop')).toEqual(local)
  expect(localSpecFor('api', api, { command: ['node', 'x.js'] }, '/shop')).toEqual({
    ...local,
    command: ['node', 'x.js'],
  })
  expect(localSpecFor('api', api, { cwd: 'other' }, '/shop')).toEqual({
    ...local,
    cwd: '/shop/other',
  })
})

test('a service without `local` runs where it is built, else in the folder of the topology', () => {
  const command = ['node']
  expect(localSpecFor('a', { image: 'a' }, { command }, '/shop').cwd).toBe('/shop')
  const built = { build: { context: '/shop/a' } }
  expect(localSpecFor('a', built, { command }, '/shop').cwd).toBe('/shop/a')
})

test('what cannot run as a process is refused with the reason', () => {
  const refused = (spec: ServiceSpec, command?: readonly string[]) => {
    try {
      localSpecFor('api', spec, { command }, '/shop')
    } catch (error) {
      return error
    }
  }
  expect(refused({ image: 'api' })).toMatchObject({
    code: 'LOCAL_UNSUPPORTED',
    remedy: expect.stringContaining('local: {'),
  })
  expect(refused({ image: 'api', local: { unsupported: 'needs a GPU' } })).toMatchObject({
    code: 'LOCAL_UNSUPPORTED',
    message: expect.stringContaining('needs a GPU'),
  })
  const udp = { dns: { port: 53, protocol: 'udp', scheme: 'udp' } } as const
  expect(refused({ image: 'api', ports: udp }, ['dns'])).toMatchObject({
    message: expect.stringContaining('dns is UDP'),
  })
  expect(refused({ endpoint: 'test' }, ['x'])).toMatchObject({ remedy: 'use lane.listen' })
})

test('faults of MESOCOSM_LOCAL are reported all at once', () => {
  const spec = { name: 'shop', root: '/shop', services: { api, web: { image: 'web' } } }
  expect(() => assertLocal(spec, ['api'])).not.toThrow()
  expect(() => assertLocal(spec, ['wbe'])).toThrow(
    expect.objectContaining({ code: 'SERVICE_UNKNOWN', remedy: 'use one of api, web' }),
  )
  expect(() => assertLocal(spec, ['wbe', 'api', 'web'])).toThrow(
    expect.objectContaining({
      details: [
        expect.stringContaining('"wbe"'),
        expect.stringContaining('web cannot run as a process'),
      ],
    }),
  )
})

test('the last of several swaps counts, until it is dropped; a reset keeps that of the setting', () => {
  const overrides = new ServiceOverrides()
  const now = () => localSpecNow(api, overrides, false)?.command
  expect(now()).toBeUndefined()
  const outer = overrides.swap({ ...local, command: ['outer'] })
  const inner = overrides.swap({ ...local, command: ['inner'] })
  expect(now()).toEqual(['inner'])
  overrides.dropSwap(outer)
  expect(now()).toEqual(['inner'])
  expect(overrides.pristine).toBe(false)
  overrides.dropSwap(inner)
  expect(now()).toBeUndefined()
  overrides.swap(local)
  overrides.isLocal = true
  overrides.clear()
  expect(overrides.pristine).toBe(true)
  expect(now()).toEqual(local.command)
  expect(localSpecNow(api, new ServiceOverrides(), true)).toEqual(local)
})

test('health checks and sockets of a container are looked for from outside', () => {
  const open = { kind: 'tcp', port: 'http' } as const
  const log = { kind: 'log', pattern: 'up' } as const
  const probe = (ready?: ServiceSpec['ready']) =>
    localProbe(ready === undefined ? api : { ...api, ready })
  expect(probe()).toEqual(open)
  expect(probe({ kind: 'healthcheck' })).toEqual(open)
  expect(probe({ kind: 'tcp', port: 'http', from: 'inside' })).toEqual(open)
  expect(probe({ kind: 'all', probes: [log, { kind: 'healthcheck' }] })).toEqual({
    kind: 'all',
    probes: [log, open],
  })
  expect(localProbe({ image: 'x', ready: { kind: 'healthcheck' } })).toBeUndefined()
})
