import { join } from 'node:path'
import { compileDocument } from '../src/document/compile.ts'
import type { StubModel } from '../src/model.ts'
import { onlyLane, startStubServer } from '../src/server/server.ts'
import { controlPrefix, type WireFailure, type WireRequest } from '../src/wire.ts'

/** A server of this process. */
export interface TestServer extends AsyncDisposable {
  /** With the path of the document's server. */
  readonly url: string
  readonly origin: string
  /** Lines of its log. */
  readonly logged: readonly string[]
  received(): Promise<readonly WireRequest[]>
  fail(failure: WireFailure): Promise<void>
  /** Sends a control request below its lane. */
  control(method: string, path: string, body?: unknown): Promise<Response>
}

/** Returns the compiled document of a file in `documents`. */
export const modelOf = (name: string): StubModel =>
  compileDocument(join(import.meta.dirname, 'documents', name))

/** Starts a server for a compiled document. */
export const startTestServer = async (
  model = modelOf('payments.openapi.yaml'),
): Promise<TestServer> => {
  const logged: string[] = []
  const server = await startStubServer(model, {
    port: 0,
    host: '127.0.0.1',
    log: (line) => void logged.push(line),
  })
  const origin = `http://127.0.0.1:${server.port}`
  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${origin}${controlPrefix}lanes/${onlyLane}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return {
    url: origin + model.basePath,
    origin,
    logged,
    control,
    received: async () => (await (await control('GET', '/requests')).json()) as WireRequest[],
    async fail(failure) {
      const response = await control('POST', '/failures', failure)
      if (response.status !== 201) throw new Error(await response.text())
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
