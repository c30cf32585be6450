import { findGarbage } from '../garbage.ts'
import type { Finding } from './finding.ts'

/** Whether runs that died have left something behind. */
export const leftovers = async (): Promise<Finding> => {
  const { engine, folders } = await findGarbage()
  const counts = [
    [engine.containers.length, 'containers'],
    [engine.networks.length, 'networks'],
    [engine.volumes.length, 'volumes'],
    [folders.length, 'folders'],
  ] as const
  const some = counts.filter(([count]) => count > 0)
  if (some.length === 0) return { name: 'leftovers', status: 'ok', text: 'none' }
  return {
    name: 'leftovers',
    status: 'warn',
    text: some.map(([count, what]) => `${count} ${what}`).join(', '),
    remedy: '`mesocosm gc` removes them',
  }
}
