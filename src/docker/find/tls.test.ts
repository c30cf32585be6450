import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngineApi } from '../api/engine-api.ts'
import { discoverEngine } from './discover.ts'

const canMake = spawnSync('openssl', ['version']).status === 0

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesocosm-tls-'))
  if (!canMake) return
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca')
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1')
  for (const name of ['server', 'client']) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names']
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by)
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A server with TLS that answers as an engine, and asks for a certificate of the client if that is `mutual`. */
const serve = async (mutual: boolean) => {
  const read = (name: string) => readFileSync(join(folder, name))
  const tls = { key: read('server.key'), cert: read('server.pem'), ca: read('ca.pem') }
  const server = createServer(
    { ...tls, requestCert: mutual, rejectUnauthorized: mutual },
    ({ url }, response) => response.end(url === '/_ping' ? 'OK' : '{"ApiVersion":"1.41"}'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}

/** Returns a home folder whose current context has these files of TLS. */
const homeWith = (host: string, files: readonly string[], skipVerify: boolean): string => {
  const home = mkdtempSync(join(folder, 'home-'))
  const id = createHash('sha256').update('far').digest('hex')
  const contexts = join(home, '.docker/contexts')
  const [meta, tls] = [join(contexts, 'meta', id), join(contexts, 'tls', id, 'docker')]
  for (const path of [meta, tls]) mkdirSync(path, { recursive: true })
  writeFileSync(join(home, '.docker/config.json'), '{"currentContext":"far"}')
  const docker = { Host: host, SkipTLSVerify: skipVerify }
  writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Name: 'far', Endpoints: { docker } }))
  const sources = { ca: 'ca.pem', cert: 'client.pem', key: 'client.key' } as const
  for (const [name, source] of Object.entries(sources))
    if (files.includes(name)) copyFileSync(join(folder, source), join(tls, `${name}.pem`))
  return home
}

test.skipIf(!canMake).each<[string, boolean, readonly string[], boolean, boolean]>([
  ['all files, mutual', true, ['ca', 'cert', 'key'], false, true],
  ['no certificate of the client, mutual', true, ['ca'], false, false],
  ['an authority', false, ['ca'], false, true],
  ['SkipTLSVerify', false, [], true, true],
  ['nothing', false, [], false, false],
])(
  'a context with %s: an engine behind TLS on a port of its own',
  async (_, mutual, files, skip, works) => {
    await using server = await serve(mutual)
    const home = homeWith(server.host, files, skip)
    const surroundings = { env: {}, platform: 'linux', home, uid: 1000 } as const
    const finding = discoverEngine({ surroundings })
    if (!works) {
      await expect(finding).rejects.toMatchObject({
        code: 'ENGINE_NOT_FOUND',
        remedy: expect.stringContaining('docker context'),
      })
      return
    }
    const { dialer, endpoint, close } = await finding
    // Calls go through another client than the ping.
    const version = await createEngineApi(dialer, endpoint).json('GET', '/version')
    expect(version).toEqual({ ApiVersion: '1.41' })
    close()
  },
)
