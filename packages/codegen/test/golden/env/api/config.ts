import { z } from 'zod'

export const config = z
  .object({
    DATABASE_URL: z.url(),
    /** Least important line that is written. */
    LOG_LEVEL: z.enum(['debug', 'info', 'warn']).default('info'),
    PORT: z.coerce.number().default(3000),
    STRICT: z.stringbool().optional(),
  })
  .parse(process.env)
