import { definePlugin, http, self } from 'mesocosm'
import { createHelloClient } from './client.ts'
import { server } from './server.ts'

export type { HelloClient } from './client.ts'

/** Options of {@link hello}. */
export interface HelloOptions {
  /** What guests are greeted with; default `Hello`. */
  readonly greeting?: string
}

/** Declares a server that greets guests and remembers them: output `url`; its handle has `greet()` and `guests()`. */
export const hello = definePlugin({
  name: 'hello',
  service: ({ greeting = 'Hello' }: HelloOptions = {}) => ({
    image: 'node:24-trixie-slim',
    command: ['node', '/server.cjs'],
    files: [{ content: server, to: '/server.cjs' }],
    env: { GREETING: greeting },
    ports: { http: 8080 },
    ready: http('/guests'),
    outputs: { url: [self('http.url'), '/guests'] },
    tasks: { reset: [{ argv: ['node', '-e', forget, self('http.port')] }] },
  }),
  client: (service) => createHelloClient(service.name, () => service.outputs.url),
})

/** Runs inside the service, where `http.port` is the port that the server listens on. */
const forget = `fetch('http://127.0.0.1:' + process.argv[1] + '/guests', { method: 'DELETE' })`
