import type { IncomingHttpHeaders } from 'node:http'

/**
 * Who sent a request: a program; the page of this server; the user, by an address or a bookmark; or what must not be
 * trusted, such as the page of another site in the user's browser, or this server's page under a name of somebody else.
 */
export type Asker = 'program' | 'page' | 'user' | 'stranger'

/**
 * Returns who sent a request. Browsers name the site of the asking page only to servers of this machine, so pages are
 * trusted there alone; a foreign name that points to this machine is not one of its names.
 */
export const askedBy = (headers: IncomingHttpHeaders): Asker => {
  const site = headers['sec-fetch-site']
  const { origin, host = '', 'user-agent': agent = '' } = headers
  if (site === undefined && origin === undefined && !/^Mozilla\//.test(agent)) return 'program'
  if (!isThisMachine(host)) return 'stranger'
  if (origin !== undefined && origin !== `http://${host}`) return 'stranger'
  return site === 'same-origin' ? 'page' : site === 'none' ? 'user' : 'stranger'
}

/** Whether a `Host` header names this machine. */
export const isThisMachine = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host)
