import type { StubModel } from '../model.ts'
import type { StubFault } from '../wire.ts'
import { sampleOf } from './answer/sample.ts'
import { acceptedMedia, findMedia, isJson } from './media-type.ts'
import { Problem } from './problem.ts'
import type { Schemas } from './schemas.ts'

/** A webhook or callback to send. */
export interface EventOrder {
  readonly name: string
  /** URL as services reach it. */
  readonly to: string
  /** Default: the example of the document, or a value of its schema. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** How the receiver of an event answered. */
export interface EventReceipt {
  readonly status: number
  readonly body: string
}

/** Milliseconds that a receiver has. */
const limitMs = 30_000

/** Sends an event from the network of the lane. @throws {Problem} 400, 422 for a wrong body, 502 if nothing answers. */
export const sendEvent = async (
  { name, to, body, headers = {} }: EventOrder,
  { events }: StubModel,
  schemas: Schemas,
): Promise<EventReceipt> => {
  const event = events.find((one) => one.name === name)
  if (event === undefined) {
    const known = events.map((one) => one.name).join(', ')
    throw new Problem(
      400,
      `the document has no webhook or callback ${name}${known === '' ? '' : `: ${known}`}`,
    )
  }
  const content = event.body?.content ?? {}
  const given = Object.entries(headers).find(([key]) => key.toLowerCase() === 'content-type')?.[1]
  const media = given === undefined ? acceptedMedia(content, undefined) : findMedia(content, given)
  const { schema, examples = [] } = media?.media ?? {}
  const value =
    body ?? examples[0]?.value ?? (schema === undefined ? undefined : sampleOf(schemas, schema))
  const found = schema === undefined ? [] : schemas.check(schema, value, 'request')
  const faults = found.map(({ at, message }): StubFault => ({ in: 'body', at, message }))
  if (faults.length > 0)
    throw new Problem(422, `the body of ${name} is not what the document allows`, faults)
  const type = given ?? media?.type ?? 'application/json'
  try {
    const response = await fetch(to, {
      method: event.method,
      headers: value === undefined ? headers : { 'content-type': type, ...headers },
      signal: AbortSignal.timeout(limitMs),
      ...(value === undefined
        ? {}
        : { body: isJson(type) || typeof value !== 'string' ? JSON.stringify(value) : value }),
    })
    return { status: response.status, body: await response.text() }
  } catch (error) {
    const { cause, message } = error as Error
    throw new Problem(
      502,
      `${to} did not answer: ${cause instanceof Error ? cause.message : message}`,
    )
  }
}
