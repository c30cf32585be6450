import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { database } from '../scenes.ts'

/** Where a service listens. */
export interface Address {
  readonly host: string
  readonly port: number
  /** Path of the request. Default `/`. */
  readonly path?: string
}

/** Polls until `check` returns true; throws after a minute. */
export const until = async (check: () => Promise<boolean>, everyMs: number): Promise<void> => {
  const deadline = performance.now() + 60_000
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error('the service was not ready within 60 s')
    await pause(everyMs)
  }
}

/** Returns the body of a GET; `undefined` without an answer. */
export const askHttp = (address: Address): Promise<string | undefined> =>
  new Promise((resolve) => {
    const request = get({ path: '/', ...address, agent: false, timeout: 1_000 }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve(body))
      response.on('error', () => resolve(undefined))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(undefined))
  })

/** Returns whether a GET is answered. */
export const answersHttp = async (address: Address): Promise<boolean> =>
  (await askHttp(address)) !== undefined

/** Returns whether a connection is accepted. */
export const answersTcp = (address: Address): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ ...address, timeout: 1_000 }, () => resolve(!!socket.destroy()))
    socket.on('timeout', () => socket.destroy())
    socket.on('error', () => resolve(false))
  })

/** Returns whether the server asks for a password; while it starts, it answers with an error. */
export const answersPostgres = (address: Address): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ ...address, timeout: 1_000 }, () => socket.write(startupMessage()))
    socket.on('data', (bytes) => {
      resolve(bytes[0] === 'R'.charCodeAt(0))
      socket.destroy()
    })
    socket.on('timeout', () => socket.destroy())
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })

const startupMessage = (): Buffer => {
  const body = Buffer.from(`user\0${database.user}\0database\0${database.name}\0\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(body.length + 8, 0)
  head.writeInt32BE(3 << 16, 4)
  return Buffer.concat([head, body])
}
