import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { EngineApi } from '../api/engine-api.ts'
import { defaultPatience } from '../api/patience.ts'
import { containerProxies, proxyEnv } from './proxies.ts'

const endpoint = 'unix:///var/run/docker.sock'

const configure = (config: unknown) => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-proxies-'))
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })
  vi.stubEnv('DOCKER_CONFIG', folder)
  writeFileSync(
    join(folder, 'config.json'),
    typeof config === 'string' ? config : JSON.stringify(config),
  )
}

beforeEach(() => vi.stubEnv('DOCKER_AUTH_CONFIG', ''))

const proxies = {
  default: { httpProxy: 'http://p:1', noProxy: '.corp' },
  'tcp://other:2375': { httpsProxy: 'http://q:2', ftpProxy: 'f', allProxy: 'a' },
}

const api: EngineApi = {
  endpoint,
  patience: defaultPatience,
  json: async <T>(_: string, path: string) =>
    (path.startsWith('/containers/')
      ? { NetworkSettings: { Networks: { lane: { NetworkID: '' } } } }
      : { IPAM: { Config: [{ Subnet: '10.1.2.0/26' }] } }) as T,
  stream: () => Promise.reject(new Error('not used')),
  hijack: () => Promise.reject(new Error('not used')),
}

test('proxies are variables in capital and small letters, those of the engine or the default ones', async () => {
  configure({ proxies })
  expect(await proxyEnv(endpoint)).toEqual({
    HTTP_PROXY: 'http://p:1',
    http_proxy: 'http://p:1',
    NO_PROXY: '.corp',
    no_proxy: '.corp',
  })
  expect(await proxyEnv('tcp://other:2375')).toEqual({
    HTTPS_PROXY: 'http://q:2',
    https_proxy: 'http://q:2',
    FTP_PROXY: 'f',
    ftp_proxy: 'f',
    ALL_PROXY: 'a',
    all_proxy: 'a',
  })
})

test('proxies are read from the file, even if credentials come from the environment', async () => {
  configure({ proxies })
  vi.stubEnv('DOCKER_AUTH_CONFIG', '{}')
  expect(await proxyEnv(endpoint)).toHaveProperty('HTTP_PROXY', 'http://p:1')
})

test('services are reached without a proxy, by their names and by the addresses of their network', async () => {
  configure({ proxies })
  const direct = '.corp,localhost,127.0.0.1,::1,db,api,10.1.2.0/26'
  for (const network of [
    { kind: 'joined', container: 'x' },
    { kind: 'own', network: 'n', aliases: [] },
  ] as const)
    expect(await containerProxies(api, { noProxy: ['db', 'api'], network })).toEqual({
      HTTP_PROXY: 'http://p:1',
      http_proxy: 'http://p:1',
      NO_PROXY: direct,
      no_proxy: direct,
    })
})

test('a container gets no proxies when none are configured, or when it wants none', async () => {
  const network = { kind: 'joined', container: 'x' } as const
  configure({ proxies: { default: { noProxy: '.corp' } } })
  expect(await containerProxies(api, { noProxy: ['db'], network })).toEqual({})
  configure({ proxies })
  expect(await containerProxies(api, { network })).toEqual({})
  configure({})
  expect(await containerProxies(api, { noProxy: ['db'], network })).toEqual({})
})

test('entries of another shape are left out', async () => {
  configure({ proxies: { default: { httpProxy: 1, httpsProxy: 'q' }, other: null } })
  expect(await proxyEnv(endpoint)).toEqual({ HTTPS_PROXY: 'q', https_proxy: 'q' })
  configure({ proxies: 'x' })
  expect(await proxyEnv(endpoint)).toEqual({})
})

test('a configuration that cannot be read is an error that names it', async () => {
  configure('{')
  await expect(proxyEnv(endpoint)).rejects.toThrow(/config\.json is not valid JSON/)
})
