import type { Diagnosis } from '../../runtime/diagnosis.ts'
import { findLeftovers } from '../leftovers.ts'

/** Checks for leftovers of dead runs. */
export const leftovers = async (): Promise<Diagnosis> => {
  const { engine, folders } = await findLeftovers()
  const counts = [
    [engine.containers.length, 'containers'],
    [engine.networks.length, 'networks'],
    [engine.volumes.length, 'volumes'],
    [folders.length, 'run directories'],
  ] as const
  const some = counts.filter(([count]) => count > 0)
  if (some.length === 0) return { name: 'leftovers', status: 'ok', text: 'none' }
  return {
    name: 'leftovers',
    status: 'warn',
    text: some.map(([count, what]) => `${count} ${what}`).join(', '),
    remedy: 'remove them: `mesocosm gc`',
  }
}
