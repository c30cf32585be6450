import { expect, test } from 'vitest'
import type { ProbeSpec } from '../../model/probe.ts'
import type { PortSpec } from '../../model/service-spec.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { parseListeners } from './listeners.ts'
import type { ProbeTarget } from './target.ts'
import { whyUnreachable } from './why-unreachable.ts'

/** As Linux prints it on a little-endian machine; proc(5). Addresses and ports are hexadecimal, 0A is LISTEN. */
const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const row = (local: string, state = '0A') =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 20112`

test('listeners are read from both tables, without connections and the name server of the engine', () => {
  const text = [
    head,
    row('0100007F:0050'),
    row('00000000:1F90'),
    row('0100007F:A1B2', '01'),
    row('0B00007F:9C41'),
    row('00000000000000000000000000000000:1F91'),
    row('00000000000000000000000001000000:0050'),
    row('0000000000000000FFFF00000100007F:0051'),
    row('B80D0120000000000000000001000000:0052'),
  ].join('\n')
  expect(parseListeners(text)).toEqual([
    { host: '127.0.0.1', port: 80 },
    { host: '0.0.0.0', port: 8080 },
    { host: '::', port: 8081 },
    { host: '::1', port: 80 },
    { host: '127.0.0.1', port: 81 },
    { host: '2001:db8:0:0:0:0:0:1', port: 82 },
  ])
})

const ports: Readonly<Record<string, PortSpec>> = {
  admin: { port: 9000, scheme: 'http' },
  http: { port: 80, scheme: 'http' },
}

const why = (spec: ProbeSpec, rows: readonly string[]) =>
  whyWith(spec, async () => ({ exitCode: 0, stdout: [head, ...rows].join('\n') }))

const whyWith = (spec: ProbeSpec, exec: () => Promise<object>) => {
  const target = { runtime: { exec } as unknown as Runtime, container: 'c', ports }
  return whyUnreachable(spec, target as unknown as ProbeTarget)
}

const http: ProbeSpec = { kind: 'http', path: '/' }

test('the reason is the loopback address when the service listens on that only', async () => {
  expect(await why(http, [row('0100007F:0050')])).toEqual({
    text: 'it listens on 127.0.0.1:80 only, which nothing outside of it reaches',
    remedy: 'make it listen on 0.0.0.0:80 instead of 127.0.0.1:80',
    listening: ['127.0.0.1:80'],
  })
  expect(await why(http, [row('00000000000000000000000001000000:0050')])).toMatchObject({
    text: expect.stringContaining('it listens on [::1]:80 only'),
  })
})

test('the reason is the other port when the service listens on another than declared', async () => {
  expect(await why(http, [row('00000000:1F91'), row('0100007F:0016')])).toEqual({
    text: 'it listens on 22, 8081, not on 80',
    remedy: 'declare port 22 or 8081, or make it listen on 80',
    listening: ['0.0.0.0:8081', '127.0.0.1:22'],
  })
  expect(await why(http, [])).toMatchObject({ text: 'it listens on no port, and not on 80' })
})

test('a service that listens as declared is not blamed', async () => {
  expect(await why(http, [row('0100007F:0050'), row('00000000:0050')])).toBeUndefined()
  expect(await why(http, [row('020011AC:0050')])).toBeUndefined()
})

test('the port is that of the probe, also inside of all', async () => {
  const tcp: ProbeSpec = { kind: 'tcp' }
  expect(
    await why({ kind: 'all', probes: [{ kind: 'log', pattern: 'x' }, tcp] }, []),
  ).toMatchObject({ text: expect.stringContaining('not on 9000') })
  expect(await why({ ...http, port: 'admin' }, [])).toMatchObject({
    text: expect.stringContaining('not on 9000'),
  })
})

test('probes without a port, and images without cat, have no reason', async () => {
  expect(await why({ kind: 'log', pattern: 'x' }, [])).toBeUndefined()
  const missing = async () => ({ exitCode: 127, stdout: '' })
  expect(await whyWith(http, missing)).toBeUndefined()
  expect(await whyWith(http, () => Promise.reject(new Error('no cat')))).toBeUndefined()
})
