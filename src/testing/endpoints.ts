import { once } from 'node:events'
import { connect } from 'node:net'
import type { ServiceSpec } from '../model/service-spec.ts'

export interface Endpoint {
  /** Output that names it. */
  readonly output: string
  readonly host: string
  readonly port: number
}

const connectWithinMs = 10_000

/** Every TCP address among the outputs of one view: of ports, and in whatever looks like a URL. */
export const endpointsOf = (
  { ports = {} }: ServiceSpec,
  outputs: Readonly<Record<string, string>>,
): Endpoint[] => {
  const udp = Object.keys(ports).filter((name) => ports[name]?.protocol === 'udp')
  return Object.entries(outputs).flatMap(([output, value]) => {
    const [port = '', fact] = output.split('.')
    if (udp.includes(port)) return []
    if (fact === 'host') return { output, host: value, port: Number(outputs[`${port}.port`]) }
    return urlEndpoint(output, value)
  })
}

/** Returns whether the address accepts a connection. */
export const connectsTo = ({ host, port }: Endpoint): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectWithinMs })
    const answer = (connected: boolean) => {
      socket.destroy()
      resolve(connected)
    }
    socket.once('connect', () => answer(true))
    socket.once('timeout', () => answer(false))
    socket.once('error', () => answer(false))
  })

/** A connection that says nothing and is kept, to the named port or to none. */
export const openConnection = async (
  port: string | undefined,
  outputs: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly open: boolean }> => {
  if (port === undefined) return { open: true, async [Symbol.asyncDispose]() {} }
  const socket = connect({ host: outputs[`${port}.host`], port: Number(outputs[`${port}.port`]) })
  let ended = false
  for (const event of ['end', 'close', 'error']) socket.once(event, () => (ended = true))
  // What the other side says must be read: its end comes after it.
  socket.resume()
  await once(socket, 'connect')
  return {
    get open() {
      return !ended
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
    },
  }
}

/** {@link connectsTo} as a program for Node: it prints those of the endpoints in its argument that refused, as JSON. */
export const insideProbe = `
const { connect } = require('node:net')
const reached = ({ host, port }) => new Promise((resolve) => {
  const socket = connect({ host, port, timeout: ${connectWithinMs} })
  const answer = (connected) => { socket.destroy(); resolve(connected) }
  socket.once('connect', () => answer(true))
  socket.once('timeout', () => answer(false))
  socket.once('error', () => answer(false))
})
const endpoints = JSON.parse(process.argv[1])
Promise.all(endpoints.map(reached)).then((all) =>
  console.log(JSON.stringify(endpoints.filter((_, at) => !all[at]))))
`

// ---

/** A URL without a port of its own says nothing about where to connect. */
const urlEndpoint = (output: string, value: string): Endpoint | [] => {
  if (!value.includes('://') || !URL.canParse(value)) return []
  const { hostname, port } = new URL(value)
  return port === '' ? [] : { output, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }
}
