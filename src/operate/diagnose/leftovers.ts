import { openRuntime } from '../../open/open-runtime.ts'
import type { Diagnosis } from '../../runtime/diagnosis.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type Leftovers, leftoversOn } from '../leftovers.ts'

const dayMs = 86_400_000

/** Checks for leftovers of dead runs, and for old ones of runs that cannot be seen from here. */
export const leftovers = async (): Promise<Diagnosis> => {
  await using runtime = await openRuntime()
  return await leftoversDiagnosis(runtime)
}

/** Does what {@link leftovers} does, on this engine. */
export const leftoversDiagnosis = async (runtime: Runtime): Promise<Diagnosis> => {
  const dead = textOf(await leftoversOn(runtime))
  const withHidden = textOf(await leftoversOn(runtime, { olderThanMs: dayMs }))
  const name = 'leftovers'
  if (withHidden === '') return { name, status: 'ok', text: 'none' }
  if (withHidden === dead)
    return { name, status: 'warn', text: dead, remedy: 'remove them: `mesocosm gc`' }
  return {
    name,
    status: 'warn',
    text: `${withHidden}, some of them older than a day and of supervisors that cannot be seen from here`,
    remedy: 'remove them: `mesocosm gc --older-than 1d`, if no run takes that long',
  }
}

// ---

const textOf = ({ engine, folders }: Leftovers): string => {
  const counts = [
    [engine.containers.length, 'containers'],
    [engine.networks.length, 'networks'],
    [engine.volumes.length, 'volumes'],
    [folders.length, 'run directories'],
  ] as const
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ')
}
