import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ArgumentFault, Check } from './checks.ts'

/** A method that a test called. */
export interface CalledMethod {
  /** As it is written: `api.withEnv`, `lane.add`. */
  readonly method: string
  readonly lane?: string
  readonly service?: string
}

/** The arguments of a call by name, each with what it must be. */
export type CheckedArguments = Readonly<Record<string, readonly [value: unknown, check: Check]>>

/**
 * Checks the arguments of a call before it changes or sends anything.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults.
 */
export const checkCall = (called: CalledMethod, args: CheckedArguments): void => {
  const faults = Object.entries(args).flatMap(([name, [value, check]]) => check(value, name))
  if (faults.length > 0) throw invalidArguments(called, faults)
}

// ---

const invalidArguments = (called: CalledMethod, faults: readonly ArgumentFault[]) => {
  const [first = '', ...others] = faults.map(({ at, text }) => `${at}: ${text}`)
  return new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message:
      others.length === 0
        ? `invalid argument of ${called.method}: ${first}`
        : `${faults.length} invalid arguments of ${called.method}`,
    remedy: 'correct the call; nothing was changed',
    facts: { ...called, faults },
    details: others.length === 0 ? [] : [first, ...others],
  })
}
