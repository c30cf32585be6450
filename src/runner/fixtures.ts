import type { Lane } from '../define/lane.ts'
import type { AnyTopology } from '../define/topology.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { didYouMean } from '../errors/nearest.ts'
import { destructured } from './parameters.ts'
import type { TestAttempt } from './session.ts'

/** What the functions of a runner without fixtures can ask for. */
export interface FixtureNames {
  /** Services of the topology, in the order in which they are started. */
  readonly services: readonly string[]
  /** Names of what the integration adds, such as `t`; `lane` is known. */
  readonly others?: readonly string[]
}

/**
 * Returns the fixtures that a test or hook asks for by destructuring its first parameter, services in the order of
 * their start; for runners that pass fixtures to plain functions.
 *
 * @param what names the function in errors: `the test "signs up"`.
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults: an unknown name, a rest element, or a parameter that is
 * not destructured.
 *
 * @example
 * fixturesOf(async ({ api, lane }) => {}, { services: ['api', 'db'] }, 'the test') // ['api', 'lane']
 */
export const fixturesOf = (fn: unknown, known: FixtureNames, what: string): readonly string[] => {
  const all = [...known.services, 'lane', ...(known.others ?? [])]
  const asked = destructured(fn)
  const faults = asked.flatMap((name) => faultOf(name, all))
  if (asked.length === 0 && takesParameter(fn))
    faults.push('its first parameter must be destructured, such as ({ lane })')
  if (faults.length > 0) throw unknownFixtures(what, faults, all)
  return all.filter((name) => asked.includes(name))
}

/**
 * Starts the services among these names, one after the other, and returns what the function is called with.
 *
 * @param attempt the test, after its `ready`.
 * @param others what the integration adds, by name.
 */
export const setUpFixtures = async (
  attempt: TestAttempt<AnyTopology>,
  names: readonly string[],
  others: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> => {
  const fixtures: Record<string, unknown> = {}
  for (const name of names) {
    if (Object.hasOwn(others, name)) fixtures[name] = others[name]
    else fixtures[name] = name === 'lane' ? attempt.lane : await attempt.use(name as never)
  }
  return fixtures
}

/** Returns the fixtures of a lane whose services run: `lane`, and handles by name. */
export const fixturesIn = (
  lane: Lane<AnyTopology>,
  names: readonly string[],
): Record<string, unknown> => {
  const handles: Readonly<Record<string, unknown>> = lane.services
  return Object.fromEntries(names.map((name) => [name, name === 'lane' ? lane : handles[name]]))
}

// ---

const faultOf = (name: string, all: readonly string[]): string[] => {
  if (name.startsWith('...')) return [`${name}: a rest element names no service`]
  return all.includes(name) ? [] : [`${name}: unknown fixture${didYouMean(name, all)}`]
}

/** A default value keeps a parameter out of `length`, but then it is destructured or of no use. */
const takesParameter = (fn: unknown): boolean =>
  typeof fn === 'function' && fn.length > 0 && !/^[^(]*\(\s*\{\s*\}/.test(String(fn))

const unknownFixtures = (what: string, faults: readonly string[], all: readonly string[]) => {
  const [first = ''] = faults
  return new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message:
      faults.length === 1
        ? `${what} asks for what it cannot get: ${first}`
        : `${what} has ${faults.length} faults in what it asks for`,
    remedy: `destructure any of ${all.join(', ')} in the first parameter`,
    facts: { faults, fixtures: all },
    details: faults.length === 1 ? [] : faults,
  })
}
