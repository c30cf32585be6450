import { MesocosmError } from 'mesocosm'
import type { MailAdapter } from './adapter.ts'
import type { Http } from './http.ts'
import { maildevAdapter } from './maildev.ts'
import { mailhogAdapter } from './mailhog.ts'
import { mailpitAdapter } from './mailpit.ts'

/** Detects the product of a server by a request that only this product answers, and returns its adapter. */
export const detectServer = async (
  service: string,
  http: Http,
  signal?: AbortSignal,
): Promise<MailAdapter> => {
  for (const { path, key, make } of signs)
    if (await answers(http, path, key, signal)) return make(http)
  throw new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `${service} is not a supported mail server: ${http.url} has none of the known APIs`,
    remedy: 'use an image of Mailpit, MailHog or MailDev 3',
    facts: { service, url: http.url },
  })
}

// ---

const signs = [
  { path: '/api/v1/info', key: 'RuntimeStats', make: mailpitAdapter },
  { path: '/api/config', key: 'smtpPort', make: maildevAdapter },
  { path: '/api/v2/messages?limit=1', key: 'items', make: mailhogAdapter },
] as const

const answers = async (http: Http, path: string, key: string, signal?: AbortSignal) => {
  const response = await http.send(path, { signal })
  const said = await response.text()
  if (!response.ok) return false
  try {
    const value: unknown = JSON.parse(said)
    return typeof value === 'object' && value !== null && key in value
  } catch {
    // Not JSON: another kind of server.
    return false
  }
}
