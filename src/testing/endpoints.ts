import { once } from 'node:events'
import { connect } from 'node:net'
import type { ServiceSpec } from '../model/service-spec.ts'

/** A TCP address among the outputs. */
export interface Endpoint {
  /** Output that contains it. */
  readonly output: string
  /** Its host. */
  readonly host: string
  /** Its port. */
  readonly port: number
}

const connectWithinMs = 60_000

/** Returns every TCP address among outputs: of ports, and in values that are URLs. */
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

/** Returns whether a connection to the address is accepted. */
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

/** Opens an idle connection to a port; without a port it does nothing. */
export const openConnection = async (
  port: string | undefined,
  outputs: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly open: boolean }> => {
  if (port === undefined) return { open: true, async [Symbol.asyncDispose]() {} }
  const socket = connect({ host: outputs[`${port}.host`], port: Number(outputs[`${port}.port`]) })
  let ended = false
  for (const event of ['end', 'close', 'error']) socket.once(event, () => (ended = true))
  // Received data must be read, or the end of the connection is not noticed.
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

/** {@link connectsTo} as a program for Node, which prints those endpoints of its argument that refused, as JSON. */
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

/** A URL without a port is not checked. */
const urlEndpoint = (output: string, value: string): Endpoint | [] => {
  if (!value.includes('://') || !URL.canParse(value)) return []
  const { hostname, port } = new URL(value)
  return port === '' ? [] : { output, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }
}
