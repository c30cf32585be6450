import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type CommonPluginOptions,
  definePlugin,
  http,
  type PluginServiceDefinition,
  ref,
  self,
} from 'mesocosm'
import { callerFolder } from 'mesocosm/plugin'
import { createStubClient } from './client/stub-client.ts'
import type { GeneratedStubClient } from './client/types.ts'
import { compileDocument } from './document/compile.ts'
import './error-codes.ts'
import './matchers.ts'
import type { StubModel } from './model.ts'
import { bundledServer, defaults, laneTask } from './server-image.ts'
import { typesOfDocument } from './types/document-types.ts'

export type {
  GeneratedStubClient,
  StubClient,
  StubEventOptions,
  StubExpectations,
  StubFailure,
  StubMatch,
} from './client/types.ts'
export type {
  AnyStubOperation,
  StubAnswer,
  StubHandler,
  StubOperation,
  StubOperations,
  StubRequest,
} from './operations.ts'
export type { StubFault, StubSource } from './wire.ts'

/** Options of {@link stub}. */
export interface StubOptions {
  /** OpenAPI document, 3.0 or 3.1, YAML or JSON: a path relative to the calling file, or a URL of a file. */
  readonly openapi: string | URL
  /**
   * Whether requests that the document does not allow fail the test: with `STUB_REQUEST_INVALID` in the next call of a
   * method, at the latest at the reset or release of a lane in which methods were called. Default `false`.
   */
  readonly strict?: boolean
  /**
   * `lane`: one server per lane. `run`: one server, on which each lane has its own requests, handlers and failures below
   * the path of its `url`. Default `lane`.
   */
  readonly share?: 'lane' | 'run'
  /** Image with Node 22 or later. Default `node:24-trixie-slim`. */
  readonly image?: string
}

/**
 * Declares an HTTP service that answers as an OpenAPI document describes: from its examples, from its schemas, or by
 * handlers in tests. Outputs `url`, with the path of the document's server, `host` and `port`; its handle has `on()`,
 * `fail()`, `received()`, `waitForRequest()`, `violations()`, `send()` and `clear()`.
 *
 * The document is read when it is declared, with the files that it refers to.
 *
 * @throws {MesocosmError} `OPENAPI_INVALID` with all faults of the document.
 */
export const stub = (
  options: StubOptions & CommonPluginOptions,
): PluginServiceDefinition<'http', 'url', GeneratedStubClient> => {
  const { openapi, ...rest } = options
  const path = openapi instanceof URL ? fileURLToPath(openapi) : resolve(callerFolder(2), openapi)
  // The methods are those of the generated types, which only `mesocosm gen` knows.
  return compiled({ ...rest, model: compileDocument(path) }) as unknown as ReturnType<typeof stub>
}

// ---

interface CompiledOptions extends Omit<StubOptions, 'openapi'> {
  readonly model: StubModel
}

/** Name of the lane on a server that is not shared. */
const onlyLane = 'lane'

const compiled = definePlugin({
  name: 'stub',
  service: ({ model, image, share = 'lane' }: CompiledOptions) => {
    const lane = share === 'lane' ? onlyLane : ref('lane.name')
    const reset = [laneTask('POST', lane)]
    return {
      ...bundledServer(JSON.stringify(model), share, image),
      share,
      ports: { http: { port: defaults.port, scheme: 'http' } },
      ready: http('/_mesocosm/ready'),
      outputs: {
        url: [
          self('http.url'),
          ...(share === 'lane' ? [] : ['/@', ref('lane.name')]),
          model.basePath,
        ],
      },
      tasks: {
        ...(share === 'run'
          ? { enter: [laneTask('PUT', lane)], leave: [laneTask('DELETE', lane)] }
          : {}),
        reset,
        deepReset: reset,
      },
    }
  },
  matchers: ['toHaveReceived'],
  client: (service, { model, strict = false }) =>
    createStubClient({
      endpoint: {
        service: service.name,
        get url() {
          return service.port('http').url
        },
        get lane() {
          const name = /^\w+:\/\/[^/]+\/@([^/]+)/.exec(service.outputs.url)?.[1]
          return name === undefined ? onlyLane : decodeURIComponent(name)
        },
      },
      model,
      strict,
      onRelease: service.onRelease,
    }),
  types: ({ model }, prefix) => typesOfDocument(model, prefix),
})
