import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connection } from '../engine/endpoint.ts'
import { candidates } from '../engine/find.ts'
import { makeCertificates, writeContext } from './certificates.ts'

const canMake = spawnSync('openssl', ['version']).status === 0

test.skipIf(!canMake)('clients find an engine with TLS by its context', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-certificates-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { client, engine } = await makeCertificates(join(folder, 'tls'), '127.0.0.1')
  const host = 'tcp://127.0.0.1:12376'
  const config = join(folder, 'config')
  await writeContext(config, { name: 'far', host, certificates: client })
  const [found] = candidates({ DOCKER_CONFIG: config })
  expect(found).toMatchObject({ url: host, foundBy: 'context "far"' })
  const pem = (name: string) => readFileSync(join(client, `${name}.pem`))
  const files = { ca: pem('ca'), cert: pem('cert'), key: pem('key') }
  expect(found && connection(found)).toMatchObject({ port: '12376', tls: true, ...files })
  const verified = spawnSync('openssl', ['verify', '-CAfile', 'ca.pem', 'cert.pem'], {
    cwd: engine,
  })
  expect(verified.stdout.toString()).toContain('OK')
})
