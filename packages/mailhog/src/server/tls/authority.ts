import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import { createSecureContext, type SecureContext } from 'node:tls'
import { authority } from './authority-key.ts'
import { createCertificate } from './certificate.ts'

/** Certificates of this server, signed by the authority whose certificate is the output `ca`. */
export interface ServerCertificates {
  /** Key and certificate for clients that do not name the host: `localhost`, the given names and all addresses. */
  readonly fallback: { readonly key: string; readonly cert: string }
  /** Returns the certificate for the host that a client asks for, whatever its name. */
  contextFor(host: string): SecureContext | undefined
}

const hour = 60 * 60 * 1_000
const day = 24 * hour

/**
 * Creates a key, and certificates for it on demand: the server does not know under which names services reach it.
 *
 * @param names host names besides `localhost`.
 */
export const createServerCertificates = (names: readonly string[]): ServerCertificates => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const issuer = {
    name: authority.name,
    key: createPrivateKey({ key: authority.key, format: 'jwk' }),
  }
  const now = Date.now()
  const issue = (name: string, hosts: readonly string[]) =>
    createCertificate({
      name,
      key: privateKey,
      issuer,
      hosts,
      // Clocks of engines in virtual machines can be behind.
      notBefore: new Date(now - day),
      notAfter: new Date(now + 365 * day),
    })
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) =>
    list.map(({ address }) => address),
  )
  const local = ['localhost', ...names.filter((name) => isHostName(name))]
  const fallback = {
    key,
    cert: issue('localhost', [...new Set([...local, '127.0.0.1', '::1', ...addresses])]),
  }
  const contexts = new Map<string, SecureContext>()
  return {
    fallback,
    contextFor(host) {
      const name = host.toLowerCase()
      if (!isHostName(name)) return undefined
      const known = contexts.get(name)
      if (known !== undefined) return known
      // A client that asks for ever new names must not fill the memory.
      if (contexts.size >= mostContexts) contexts.clear()
      const context = createSecureContext({ key, cert: issue(name.slice(0, 64), [name]) })
      contexts.set(name, context)
      return context
    },
  }
}

// ---

const mostContexts = 1_000

const isHostName = (name: string): boolean => /^[a-z0-9_](?:[a-z0-9_.-]{0,252})$/i.test(name)
