import { expect, test } from 'vitest'
import type { ProbeSpec } from '../model/probe.ts'
import { all, exec, healthcheck, http, log, tcp } from './probes.ts'

test('probes are plain data without absent keys', () => {
  const probe: ProbeSpec = all(
    http('/health', { port: 'admin', status: 204 }),
    http('/'),
    tcp(),
    tcp('sql', { from: 'inside' }),
    log('ready'),
    log(/ready/i, { times: 2 }),
    exec(['pg_isready']),
    healthcheck(),
  )
  expect(JSON.parse(JSON.stringify(probe))).toEqual({
    kind: 'all',
    probes: [
      { kind: 'http', path: '/health', port: 'admin', status: 204 },
      { kind: 'http', path: '/' },
      { kind: 'tcp' },
      { kind: 'tcp', port: 'sql', from: 'inside' },
      { kind: 'log', pattern: 'ready' },
      { kind: 'log', pattern: 'ready', flags: 'i', times: 2 },
      { kind: 'exec', argv: ['pg_isready'] },
      { kind: 'healthcheck' },
    ],
  })
})

test('log keeps a regular expression without flags as one', () => {
  expect(log(/a.c/)).toEqual({ kind: 'log', pattern: 'a.c', flags: '' })
})
