import { existsSync, readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { join } from 'node:path'

/** Address of an engine: `unix:///path`, `npipe:////./pipe/name`, or `tcp://host:port`. */
export interface Endpoint {
  readonly url: string
  /** How it is spoken to over TCP; absent for an engine without TLS. */
  readonly tls?: EndpointTls
}

/** What TLS to an engine needs. */
export interface EndpointTls {
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, of which those present are used. */
  readonly certificates?: string
  /** False for an engine whose certificate is not checked. */
  readonly verify?: false
}

/** Names of the files of TLS: the authority, and the client's own certificate and key. */
export const pemFiles = ['ca.pem', 'cert.pem', 'key.pem'] as const

/** The engine that every client tries by default. */
export const defaultEndpoint: Endpoint = {
  url:
    process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock',
}

/** Returns options for `node:http`; `undefined` for a scheme that is not supported, such as `ssh`. */
export const connection = (
  endpoint: Endpoint,
): (RequestOptions & { readonly tls: boolean }) | undefined => {
  const [scheme, rest] = endpoint.url.split('://')
  if (rest === undefined) return undefined
  if (scheme === 'unix' || scheme === 'npipe') return { socketPath: rest, tls: false }
  if (scheme !== 'tcp' && scheme !== 'http' && scheme !== 'https') return undefined
  const { hostname: host, port } = new URL(`http://${rest}`)
  const tls = endpoint.tls !== undefined || scheme === 'https'
  return { host, port: port || (tls ? '2376' : '2375'), tls, ...optionsOf(endpoint.tls ?? {}) }
}

/**
 * Returns the variables that lead a child process to the same engine; none for the default one, and none for one
 * without a check of its certificate: variables cannot say that, but a context can, which the child reads itself.
 */
export const endpointEnv = ({ url, tls }: Endpoint): Record<string, string> => {
  if (url === defaultEndpoint.url || tls?.verify === false) return {}
  if (tls?.certificates === undefined) return { DOCKER_HOST: url }
  return { DOCKER_HOST: url, DOCKER_CERT_PATH: tls.certificates, DOCKER_TLS_VERIFY: '1' }
}

// ---

/** An authority may be missing, since the system knows some; so may the client's own certificate. */
const optionsOf = ({ certificates, verify }: EndpointTls) => ({
  ...(verify === false ? { rejectUnauthorized: false } : {}),
  ...Object.fromEntries(
    pemFiles.flatMap((file) => {
      const path = join(certificates ?? '', file)
      if (certificates === undefined || !existsSync(path)) return []
      return [[file.slice(0, -'.pem'.length), readFileSync(path)]]
    }),
  ),
})
