import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { pull } from '../images/pull.ts'
import { connection, endpointEnv } from './endpoint.ts'
import { answers, candidates } from './find.ts'

test('DOCKER_HOST is the only candidate when it is set', () => {
  expect(candidates({ DOCKER_HOST: 'tcp://engine:2376' })).toEqual([
    { url: 'tcp://engine:2376', foundBy: 'DOCKER_HOST' },
  ])
})

test('the current Docker context is the only candidate', () => {
  const home = folder()
  const id = createHash('sha256').update('remote').digest('hex')
  mkdirSync(join(home, 'contexts/meta', id), { recursive: true })
  mkdirSync(join(home, 'contexts/tls', id, 'docker'), { recursive: true })
  writeFileSync(join(home, 'config.json'), JSON.stringify({ currentContext: 'remote' }))
  writeFileSync(
    join(home, 'contexts/meta', id, 'meta.json'),
    JSON.stringify({ Endpoints: { docker: { Host: 'tcp://far:2376' } } }),
  )
  writeFileSync(join(home, 'contexts/tls', id, 'docker/ca.pem'), '')
  expect(candidates({ DOCKER_CONFIG: home })).toEqual([
    {
      url: 'tcp://far:2376',
      foundBy: 'context "remote"',
      certificates: join(home, 'contexts/tls', id, 'docker'),
    },
  ])
})

test('a server is an engine if it answers a ping with OK', async () => {
  const engine = await listen((_, response) => response.end('OK'))
  const other = await listen((_, response) => response.end('<html>'))
  expect(await answers({ url: engine })).toBe(true)
  expect(await answers({ url: other })).toBe(false)
  expect(await answers({ url: 'unix:///nowhere.sock' })).toBe(false)
  expect(await answers({ url: 'ssh://user@host' })).toBe(false)
})

test('a pull gives up on a silent registry, and returns the message of the engine', async () => {
  const silent = await listen(() => {})
  const refusing = await listen((_, response) =>
    response.writeHead(500).end(JSON.stringify({ message: 'no such host' })),
  )
  const midway = await listen((_, response) =>
    response.end('{"status":"Pulling"}\n{"error":"disk full"}\n'),
  )
  expect(await pull({ url: silent }, 'a:b', 30)).toBe('no answer from the registry for 0.03 s')
  expect(await pull({ url: refusing }, 'a:b', 1_000)).toContain('no such host')
  expect(await pull({ url: midway }, 'a:b', 1_000)).toContain('disk full')
})

test('child processes get variables only for an engine that is not the default one', () => {
  expect(endpointEnv({ url: 'unix:///var/run/docker.sock' })).toEqual({})
  expect(endpointEnv({ url: 'tcp://far:2376', certificates: '/certs' })).toEqual({
    DOCKER_HOST: 'tcp://far:2376',
    DOCKER_CERT_PATH: '/certs',
    DOCKER_TLS_VERIFY: '1',
  })
})

test('a socket, a pipe and a TCP address become options for node:http', () => {
  expect(connection({ url: 'unix:///run/x.sock' })).toEqual({
    socketPath: '/run/x.sock',
    tls: false,
  })
  expect(connection({ url: 'npipe:////./pipe/docker_engine' })).toEqual({
    socketPath: '//./pipe/docker_engine',
    tls: false,
  })
  expect(connection({ url: 'tcp://far' })).toEqual({ host: 'far', port: '2375', tls: false })
})

// ---

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'mesocosm-find-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

const listen = async (listener: RequestListener): Promise<string> => {
  const path = join(folder(), 'engine.sock')
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `unix://${path}`
}
