import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import type { Candidate } from './candidates.ts'

/** How to reach an engine, in the words of Node's `http.request` and of dockerode alike. */
export interface Connection {
  readonly protocol: 'http' | 'https'
  readonly socketPath?: string
  readonly host?: string
  readonly port?: number
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** @throws when the endpoint cannot be understood or its certificates cannot be read. */
export const connectionTo = ({ endpoint, certificates }: Candidate): Connection => {
  const path = /^(?:unix|npipe):\/\/(.*)$/.exec(endpoint)?.[1]
  if (path !== undefined) return { protocol: 'http', socketPath: path }
  const url = new URL(endpoint)
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol)) {
    throw new Error(`${url.protocol}// is not understood; use unix://, npipe:// or tcp://`)
  }
  const tls = certificates !== undefined || url.protocol === 'https:'
  return {
    protocol: tls ? 'https' : 'http',
    host: url.hostname,
    port: Number(url.port || (tls ? 2376 : 2375)),
    ...(certificates === undefined ? {} : readCertificates(certificates)),
  }
}

/** Whether an engine answers there. */
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

const readCertificates = (folder: string) => ({
  ca: readFileSync(join(folder, 'ca.pem')),
  cert: readFileSync(join(folder, 'cert.pem')),
  key: readFileSync(join(folder, 'key.pem')),
})
