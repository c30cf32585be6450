import { z } from 'zod'
import type { RefPart, SecretPart, Template, TemplatePart } from '../model/template.ts'
import { strict } from './strict.ts'
import { text } from './values.ts'

const partSchema: z.ZodType<TemplatePart, TemplatePart> = z.union([
  text,
  z.number(),
  z.boolean(),
  strict<RefPart>({ ref: text, wait: z.boolean().optional() }),
  strict<SecretPart>({ secret: text }),
])

export const templateSchema: z.ZodType<Template, Template> = z.union(
  [partSchema, z.array(partSchema)],
  { error: 'must be a text, a number, true, false, a ref, a secret, or a list of these' },
)

export const envSchema = z.record(
  text.refine((key) => key !== '' && !key.includes('='), {
    error: 'an environment key must not be empty nor contain "="',
  }),
  templateSchema,
)
