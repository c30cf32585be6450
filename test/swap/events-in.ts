import { join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import type { EventKind, TraceEvent } from '../../src/trace/event/event.ts'
import type { Sandbox } from '../lib/sandbox.ts'

/** Returns the entries of one kind in the record of the newest run. */
export const eventsIn = <K extends EventKind>(
  { folder, runs }: Sandbox,
  kind: K,
): readonly TraceEvent<K>[] => {
  const { events } = loadTrace(join(folder, '.mesocosm', 'runs', runs().at(-1) ?? ''))
  return events.filter(({ k }) => k === kind) as readonly unknown[] as readonly TraceEvent<K>[]
}
