import type { EnvUse } from '../../model/env-key.ts'
import type { SourceFile } from '../../model/source-file.ts'
import { nothing, type Reading } from '../reading.ts'

/** Reads `env("DATABASE_URL")` in a Prisma schema. */
export const readPrisma = ({ path, text }: SourceFile): Reading => ({
  ...nothing,
  uses: [...text.replace(/\/\/.*$/gm, '').matchAll(/\benv\("(\w+)"\)/g)].map(
    ([, name = '']): EnvUse => ({ name, origin: 'use', file: path }),
  ),
})
