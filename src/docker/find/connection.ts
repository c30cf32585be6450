import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import type { Candidate } from './candidates.ts'

/** How to connect to an engine, as options of both Node's `http.request` and dockerode. */
export interface Connection {
  readonly protocol: 'http' | 'https'
  readonly socketPath?: string
  readonly host?: string
  readonly port?: number
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/**
 * Returns how to connect to a candidate.
 *
 * @throws {Error} for an unsupported endpoint or unreadable certificates.
 */
export const connectionTo = ({ endpoint, certificates }: Candidate): Connection => {
  const path = /^(?:unix|npipe):\/\/(.*)$/.exec(endpoint)?.[1]
  if (path !== undefined) return { protocol: 'http', socketPath: path }
  const url = new URL(endpoint)
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    throw new Error(`${url.protocol}// is not supported; use unix://, npipe:// or tcp://`)
  }
  const tls = certificates !== undefined || url.protocol === 'https:'
  return {
    protocol: tls ? 'https' : 'http',
    host: url.hostname,
    port: Number(url.port || (tls ? 2376 : 2375)),
    ...(certificates === undefined ? {} : readCertificates(certificates)),
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
    call.end()
  })

// ---

const readCertificates = (folder: string) => ({
  ca: readFileSync(join(folder, 'ca.pem')),
  cert: readFileSync(join(folder, 'cert.pem')),
  key: readFileSync(join(folder, 'key.pem')),
})
