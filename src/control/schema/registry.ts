import { z } from 'zod'

/** The schemas that the OpenAPI document names, under `components.schemas`. */
export const registry = z.registry<{ readonly id: string }>()

/** Adds a schema to the OpenAPI document under a name, and returns it. */
export const named = <T extends z.ZodType>(id: string, schema: T): T => {
  registry.add(schema, { id })
  return schema
}

/** How long a request waits. */
export const timeoutMs = z
  .number()
  .int('must be an integer, in milliseconds')
  .min(1, 'must be at least 1')
  .max(2 ** 31 - 1, 'must be at most 2147483647')
  .describe('Milliseconds that the request waits, then it is undone and fails with TIMEOUT.')
