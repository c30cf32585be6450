import { createHash } from 'node:crypto'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runQuietly } from '../run.ts'

/** Certificates for mutual TLS, made for one start of an engine. */
export interface Certificates {
  /** Folder of the engine's `ca.pem`, `cert.pem` and `key.pem`. */
  readonly engine: string
  /** Folder of the clients' `ca.pem`, `cert.pem` and `key.pem`, as `DOCKER_CERT_PATH` names it. */
  readonly client: string
}

/** Makes an authority, and a certificate by it for the engine at this IP address and one for its clients. */
export const makeCertificates = async (folder: string, address: string): Promise<Certificates> => {
  const path = (owner: 'authority' | 'engine' | 'client', file: string) => join(folder, owner, file)
  await rm(folder, { recursive: true, force: true })
  for (const owner of ['authority', 'engine', 'client'] as const)
    await mkdir(path(owner, '.'), { recursive: true })
  const [caKey, ca] = [path('authority', 'key.pem'), path('authority', 'ca.pem')]
  const subject = (name: string) => ['-subj', `/CN=${name}`]
  await openssl(['req', '-x509', ...newKey(caKey), '-out', ca, '-days', '30', ...subject('ca')])
  for (const owner of ['engine', 'client'] as const) {
    const [request, extensions] = [path(owner, 'request'), path(owner, 'extensions')]
    const usage = owner === 'engine' ? 'serverAuth' : 'clientAuth'
    await writeFile(extensions, `extendedKeyUsage=${usage}\nsubjectAltName=IP:${address}\n`)
    await openssl([
      'req',
      ...newKey(path(owner, 'key.pem')),
      ...['-out', request, ...subject(owner)],
    ])
    await openssl([
      ...['x509', '-req', '-in', request, '-out', path(owner, 'cert.pem'), '-days', '30'],
      ...['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-extfile', extensions],
    ])
    await copyFile(ca, path(owner, 'ca.pem'))
  }
  return { engine: path('engine', '.'), client: path('client', '.') }
}

/** Writes a Docker configuration whose current context is an engine with TLS, as `docker context` does. */
export const writeContext = async (
  config: string,
  { name, host, certificates }: { name: string; host: string; certificates: string },
): Promise<void> => {
  // The Docker client names a context's folder by the hash of the context's name.
  const id = createHash('sha256').update(name).digest('hex')
  const [meta, tls] = ['meta', 'tls'].map((kind) => join(config, 'contexts', kind, id))
  if (meta === undefined || tls === undefined) return
  await rm(config, { recursive: true, force: true })
  await mkdir(meta, { recursive: true })
  await mkdir(join(tls, 'docker'), { recursive: true })
  await writeFile(join(config, 'config.json'), JSON.stringify({ currentContext: name }))
  const docker = { Host: host, SkipTLSVerify: false }
  await writeFile(
    join(meta, 'meta.json'),
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } }),
  )
  for (const file of ['ca.pem', 'cert.pem', 'key.pem'])
    await copyFile(join(certificates, file), join(tls, 'docker', file))
}

// ---

const openssl = (args: readonly string[]): Promise<void> => runQuietly('openssl', args)

const newKey = (file: string): readonly string[] => [
  ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  ...['-nodes', '-keyout', file],
]
