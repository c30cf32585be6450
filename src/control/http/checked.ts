import type { z } from 'zod'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { Path } from '../../graph/references.ts'
import { printFault } from '../../schema/fault.ts'
import { issueText, unknownKeys } from '../../schema/issue-text.ts'

/** A value that a request gives, what it must look like, and what it is called in faults. */
export interface Given {
  readonly name: 'body' | 'query'
  readonly schema: z.ZodType | undefined
  readonly value: unknown
}

/** Returns the values of a request, checked. Throws `ARGUMENT_INVALID` with the faults of all of them. */
export const checked = (what: string, given: readonly Given[]): readonly unknown[] => {
  const results = given.map(({ name, schema, value }) => {
    if (schema === undefined) return { value: undefined, faults: [] }
    const result = schema.safeParse(value, { reportInput: true })
    return result.success
      ? { value: result.data, faults: [] }
      : { value: undefined, faults: result.error.issues.flatMap((it) => faultsOf(it, name)) }
  })
  const faults = results.flatMap((result) => result.faults)
  if (faults.length === 0) return results.map(({ value }) => value)
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `${what} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}; nothing was changed`,
    remedy: 'correct the request; GET /v1/openapi.json describes it',
    details: faults.map(printFault),
    facts: { faults: faults.map(({ path, text }) => ({ path, text })) },
  })
}

// ---

const faultsOf = (issue: z.core.$ZodIssue, name: Given['name']) => {
  const path: Path = [
    name,
    ...issue.path.map((key) => (typeof key === 'number' ? key : String(key))),
  ]
  return issue.code === 'unrecognized_keys'
    ? unknownKeys(issue, path)
    : [{ path, text: issueText(issue, path) }]
}
