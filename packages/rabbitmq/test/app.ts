import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { connect } from 'amqplib'
import { http } from 'mesocosm'

const amqplib = dirname(findPackageJSON('amqplib', import.meta.url) ?? '')

/** The service of `app.cjs`. */
export const app = {
  image: 'node:24-trixie-slim',
  command: ['node', '/app.cjs'],
  files: [
    { from: join(import.meta.dirname, 'app.cjs'), to: '/app.cjs' },
    { from: amqplib, to: '/node_modules/amqplib' },
  ],
  ports: { http: 3000 },
  ready: http('/'),
} as const

/** Asks an app for something; gives its answer. */
export const ask = async (
  { http: { url } }: { readonly http: { readonly url: string } },
  path: string,
): Promise<string> => {
  const response = await fetch(url + path, { signal: AbortSignal.timeout(30_000) })
  return await response.text()
}

/** Connects as a test of users would, with a client of its own. */
export const open = async (url: string) => {
  const connection = await connect(url)
  const channel = await connection.createChannel()
  const close = async () => {
    await connection.close()
  }
  let closing: Promise<void> | undefined
  const once = () => {
    closing ??= close()
    return closing
  }
  return { channel, close: once, [Symbol.asyncDispose]: once }
}
