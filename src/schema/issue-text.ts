import type { z } from 'zod'
import type { Path } from '../graph/references.ts'
import { kindOf } from '../model/value-kind.ts'
import type { Fault } from './fault.ts'

/** Returns what is wrong at the path of an issue. */
export const issueText = (issue: z.core.$ZodIssue, path: Path): string => {
  switch (issue.code) {
    case 'invalid_type':
      // The schema's own sentence is better than one made of the type.
      if (!issue.message.startsWith('Invalid input')) return issue.message
      return issue.input === undefined
        ? `is missing; it must be ${expectedOf(issue)}`
        : `must be ${expectedOf(issue)}, not ${kindOf(issue.input)}`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'invalid_key':
      return issue.issues[0]?.message ?? `"${path.at(-1)}" is not a valid key`
    default:
      return issue.message
  }
}

/** Returns what a value of the expected type is: `a string`. */
export const expectedOf = ({ expected }: z.core.$ZodIssueInvalidType): string =>
  kinds.get(expected) ?? expected

/** Returns one fault per unknown key; `strict` writes one line per key. */
export const unknownKeys = (issue: z.core.$ZodIssueUnrecognizedKeys, path: Path): Fault[] => {
  const lines = issue.message.split('\n')
  return issue.keys.map((key, index) => ({
    path: [...path, key],
    text: lines[index] ?? 'unknown key',
  }))
}

// ---

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'a string'],
  ['number', 'a number'],
  ['int', 'an integer'],
  ['boolean', 'true or false'],
  ['array', 'an array'],
  ['object', 'an object'],
  ['record', 'an object'],
])
