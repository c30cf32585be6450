import { z } from 'zod'
import { envKeyFault } from '../model/program-text.ts'
import type { RefPart, SecretPart, Template, TemplatePart } from '../model/template.ts'
import { strict } from './strict.ts'
import { string } from './values.ts'

const partSchema: z.ZodType<TemplatePart, TemplatePart> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  strict<RefPart>({ ref: string, wait: z.boolean().optional() }),
  strict<SecretPart>({ secret: z.string() }),
])

/** The shape of a template. */
export const templateSchema: z.ZodType<Template, Template> = z.union(
  [partSchema, z.array(partSchema)],
  { error: 'must be a string, a number, true, false, a ref, a secret, or an array of these' },
)

/** The shape of environment variables. */
export const envSchema = z.record(
  z.string().refine((key) => envKeyFault(key) === undefined, {
    error: ({ input }) => envKeyFault(String(input)) ?? 'is not valid',
  }),
  templateSchema,
  {
    error: ({ code, input }) =>
      code === 'invalid_type' && Array.isArray(input)
        ? 'must be variables by name, such as { PORT: 3000 }, not an array'
        : undefined,
  },
)
