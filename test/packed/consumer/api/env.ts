import { z } from 'zod'

export const env = z.object({ LOG_LEVEL: z.enum(['debug', 'info']).optional() }).parse(process.env)
