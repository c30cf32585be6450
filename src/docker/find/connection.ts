import { existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import type { Candidate, TlsMaterial } from './candidates.ts'

/** How to connect to an engine, as options of both Node's `http.request` and docker-modem. */
export interface Connection {
  readonly protocol: 'http' | 'https'
  readonly socketPath?: string
  readonly host?: string
  readonly port?: number
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
  /** False for an engine whose certificate is not checked. */
  readonly rejectUnauthorized?: boolean
}

/**
 * Returns how to connect to a candidate.
 *
 * @throws {Error} for an unsupported endpoint or unreadable certificates.
 */
export const connectionTo = ({ endpoint, tls: material }: Candidate): Connection => {
  const path = /^(?:unix|npipe):\/\/(.*)$/.exec(endpoint)?.[1]
  if (path !== undefined) return { protocol: 'http', socketPath: path }
  const url = new URL(endpoint)
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    throw new Error(`${url.protocol}// is not supported; use unix://, npipe:// or tcp://`)
  }
  const tls = material !== undefined || url.protocol === 'https:'
  return {
    protocol: tls ? 'https' : 'http',
    // Without the brackets of an IPv6 address.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (tls ? 2376 : 2375)),
    ...(material === undefined ? {} : tlsOptions(material)),
  }
}

/** Resolves when an engine answers a ping, rejects otherwise. */
export const ping = (connection: Connection, timeoutMs: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const { request } = connection.protocol === 'https' ? https : http
    const { protocol: _, ...where } = connection
    const call = request(
      { ...where, path: '/_ping', timeout: timeoutMs, agent: false },
      (answer) => {
        answer.resume()
        const { statusCode = 0 } = answer
        if (statusCode === 200) resolve()
        else reject(new Error(`answered ${statusCode} instead of 200`))
      },
    )
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    call.on('error', reject)
    // Every request ends with it, also one whose answer asks for another protocol.
    call.on('close', () => reject(new Error('closed the connection without an answer')))
    call.end()
  })

// ---

const tlsOptions = ({ certificates, verify }: TlsMaterial) => ({
  ...(certificates === undefined ? {} : readCertificates(certificates)),
  ...(verify ? {} : { rejectUnauthorized: false }),
})

/** An authority may be missing, since the system knows some; so may the client's own certificate. */
const readCertificates = (folder: string): Pick<Connection, 'ca' | 'cert' | 'key'> => {
  const files = ['ca', 'cert', 'key'].map((name) => [name, join(folder, `${name}.pem`)] as const)
  const present = files.filter(([, file]) => existsSync(file))
  if (present.length === 0) throw new Error(`${folder} has neither ca.pem nor cert.pem and key.pem`)
  return Object.fromEntries(present.map(([name, file]) => [name, readFileSync(file)]))
}
