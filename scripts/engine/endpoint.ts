import { readFileSync } from 'node:fs'
import type { RequestOptions } from 'node:https'
import { join } from 'node:path'

/** Address of an engine: `unix:///path`, `npipe:////./pipe/name`, or `tcp://host:port`. */
export interface Endpoint {
  readonly url: string
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`; a `tcp` endpoint with it speaks TLS. */
  readonly certificates?: string
}

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
  const { hostname, port } = new URL(`http://${rest}`)
  const pem = (name: string) => readFileSync(join(endpoint.certificates ?? '', name))
  return endpoint.certificates === undefined
    ? { host: hostname, port: port || '2375', tls: scheme === 'https' }
    : {
        host: hostname,
        port: port || '2376',
        tls: true,
        ca: pem('ca.pem'),
        cert: pem('cert.pem'),
        key: pem('key.pem'),
      }
}

/** Returns the variables that lead a child process to the same engine; none for the default one. */
export const endpointEnv = (endpoint: Endpoint): Record<string, string> =>
  endpoint.url === defaultEndpoint.url
    ? {}
    : {
        DOCKER_HOST: endpoint.url,
        ...(endpoint.certificates === undefined
          ? {}
          : { DOCKER_CERT_PATH: endpoint.certificates, DOCKER_TLS_VERIFY: '1' }),
      }
