import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { pull } from '../images/pull.ts'
import { connection, endpointEnv } from './endpoint.ts'
import { answers, candidates } from './find.ts'

test('DOCKER_HOST is the only candidate when it is set', () => {
  expect(candidates({ DOCKER_HOST: 'tcp://engine:2375' })).toEqual([
    { url: 'tcp://engine:2375', foundBy: 'DOCKER_HOST' },
  ])
})

test('CONTAINER_HOST is the only candidate when docker has no name for an engine', () => {
  const CONTAINER_HOST = 'unix:///run/user/1000/podman/podman.sock'
  // A folder without a current context.
  const none = { CONTAINER_HOST, DOCKER_CONFIG: '/nowhere' }
  expect(candidates(none)).toEqual([{ url: CONTAINER_HOST, foundBy: 'CONTAINER_HOST' }])
  expect(candidates({ ...none, DOCKER_HOST: 'tcp://engine:2375' })[0]?.foundBy).toBe('DOCKER_HOST')
})

test('DOCKER_HOST has TLS by DOCKER_TLS_VERIFY or by its port, with certificates of the home folder by default', () => {
  const verify = { DOCKER_HOST: 'tcp://engine:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' }
  expect(candidates(verify)).toMatchObject([{ tls: { certificates: '/c' } }])
  expect(candidates({ DOCKER_HOST: 'tcp://engine:2376' })).toMatchObject([
    { tls: { certificates: join(homedir(), '.docker') } },
  ])
})

test.each<[string, readonly string[], boolean, string]>([
  ['a certificate, but no authority', ['cert', 'key'], false, 'tcp://far:1'],
  ['an authority', ['ca'], false, 'tcp://far:1'],
  ['no check of the certificate', [], true, 'tcp://far:1'],
  ['nothing', [], false, 'tcp://far:2376'],
])('the current Docker context is the only candidate: %s', (_, files, skip, host) => {
  const { config, certificates } = contextOf(host, files, skip)
  const tls = {
    ...(files.length > 0 ? { certificates } : {}),
    ...(skip ? { verify: false } : {}),
  }
  expect(candidates({ DOCKER_CONFIG: config })).toEqual([
    { url: host, foundBy: 'context "remote"', ...(files.length > 0 || skip ? { tls } : {}) },
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
  const url = 'tcp://far:2376'
  expect(endpointEnv({ url, tls: { certificates: '/certs' } })).toEqual({
    DOCKER_HOST: url,
    DOCKER_CERT_PATH: '/certs',
    DOCKER_TLS_VERIFY: '1',
  })
  // A child finds the context itself; variables would demand the check that the context waives.
  expect(endpointEnv({ url, tls: { verify: false } })).toEqual({})
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
  const { certificates } = contextOf('tcp://far', ['cert'], true)
  expect(connection({ url: 'tcp://far', tls: { certificates, verify: false } })).toEqual({
    host: 'far',
    port: '2376',
    tls: true,
    rejectUnauthorized: false,
    cert: Buffer.from('cert'),
  })
})

// ---

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'mesocosm-find-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** Returns the folder of a Docker configuration whose current context has these files of TLS. */
const contextOf = (host: string, files: readonly string[], skip: boolean) => {
  const config = folder()
  const id = createHash('sha256').update('remote').digest('hex')
  const certificates = join(config, 'contexts/tls', id, 'docker')
  mkdirSync(join(config, 'contexts/meta', id), { recursive: true })
  mkdirSync(certificates, { recursive: true })
  writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext: 'remote' }))
  writeFileSync(
    join(config, 'contexts/meta', id, 'meta.json'),
    JSON.stringify({ Endpoints: { docker: { Host: host, SkipTLSVerify: skip } } }),
  )
  for (const name of files) writeFileSync(join(certificates, `${name}.pem`), name)
  return { config, certificates }
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
