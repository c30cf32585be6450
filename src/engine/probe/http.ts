import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { silenceLimit } from '../../call/silence-limit.ts'
import type { HttpProbe } from '../../model/probe.ts'
import { firstPort, type Look, notYet, type Probe, type ProbeTarget, ready } from './target.ts'

/** Maximum bytes of a body that are checked. */
const bodyLimit = 1024 * 1024
const tryTimeoutMs = 2_000

const withoutBody = (status: number) => notYet(`answered ${status} without the expected body`)

/** Creates a probe that sends one HTTP request per look. */
export const httpProbe = (spec: HttpProbe, target: ProbeTarget): Probe => {
  const port = spec.port ?? ('http' in target.ports ? 'http' : firstPort(target)) ?? ''
  const method = spec.method ?? 'GET'
  return {
    awaited: `${method} ${spec.path} on port ${port} to answer ${spec.status ?? '200–399'}`,
    intervalMs: spec.intervalMs ?? 20,
    look(signal) {
      const address = target.direct(port) ?? target.published(port)
      if (address === undefined) return Promise.resolve(notYet(`port ${port} is not published`))
      return ask(spec, method, address, signal)
    },
  }
}

const ask = (
  spec: HttpProbe,
  method: string,
  address: { host: string; port: number },
  signal: AbortSignal,
): Promise<Look> =>
  new Promise((resolve) => {
    const request = (spec.tls ? tlsRequest : plainRequest)(
      {
        ...address,
        method,
        path: spec.path,
        headers: { connection: 'close', ...spec.headers },
        signal,
        // The service has a certificate of its own; only readiness is checked.
        ...(spec.tls ? { rejectUnauthorized: false } : {}),
        agent: false,
      },
      (response) => {
        silence.renew()
        const status = response.statusCode ?? 0
        const wanted =
          spec.status === undefined ? status >= 200 && status < 400 : status === spec.status
        if (!wanted || spec.body === undefined) {
          response.destroy()
          resolve(wanted ? ready : notYet(`answered ${status}`))
          return
        }
        const expected = spec.body
        let body = ''
        const finish = (look: Look) => {
          resolve(look)
          response.destroy()
        }
        response.setEncoding('utf8')
        // Check while the body arrives: an event stream never ends.
        response.on('data', (text: string) => {
          silence.renew()
          body += text
          if (body.includes(expected)) finish(ready)
          else if (body.length > bodyLimit) finish(withoutBody(status))
        })
        response.on('end', () => finish(withoutBody(status)))
        response.on('error', (error) => finish(notYet(error.message)))
      },
    )
    // A request that is aborted while its handler is paused in a debugger is followed by others that stop there again.
    const silence = silenceLimit(tryTimeoutMs, () =>
      request.destroy(new Error(`no answer within ${tryTimeoutMs} ms`)),
    )
    request.on('error', (error) => resolve(notYet(error.message)))
    request.on('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy()
      resolve(spec.status === statusCode ? ready : notYet(`answered ${statusCode}`))
    })
    // Every request ends with it, also one without an answer and without an error.
    request.on('close', () => {
      silence[Symbol.dispose]()
      resolve(notYet('the connection was closed without an answer'))
    })
    request.end()
  })
