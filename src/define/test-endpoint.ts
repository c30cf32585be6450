import type { PortDefinition } from './plain-definition.ts'

/** What {@link testEndpoint} returns. */
export interface TestEndpoint<P> {
  /** Marks it. */
  readonly endpoint: 'test'
  /** Ports by name. */
  readonly ports: P
}

/**
 * Declares an address in the lane's network at which the test itself answers: services refer to it as to any other
 * service, `WEBHOOK_URL: [ref('hooks.http.url'), '/paddle']`, and the test answers with `lane.listen('hooks', …)`. The
 * address is the same for the life of the lane, so no environment changes when a test begins to listen. While no test
 * listens, connections are refused. It needs no route from the engine to the test and publishes no port.
 *
 * @param options.ports ports by name, as of a service; default `{ http: 8080 }`. Only TCP.
 */
export const testEndpoint: TestEndpointFactory = (
  options: { readonly ports?: object } = {},
): TestEndpoint<never> => ({
  endpoint: 'test',
  ports: (options.ports ?? { http: 8080 }) as never,
})

/** The calls of {@link testEndpoint}. Two, because the type of the default must not be inferred from the topology. */
export interface TestEndpointFactory {
  /** Returns an endpoint with one port, `{ http: 8080 }`. */
  (): TestEndpoint<{ readonly http: 8080 }>
  /** Returns an endpoint with these ports. */
  <const P extends Readonly<Record<string, number | PortDefinition>>>(options: {
    readonly ports: P
  }): TestEndpoint<P>
}
