import { join } from 'node:path'
import type { Edit } from './editor.ts'

/** The open folder: a small topology, its plugins, its generated types and a file that uses it. */
export const fixture = join(import.meta.dirname, 'fixture')

/** Something typed over a passage of the topology. */
export const inTopology = (replace: string, by: string): Edit => ({
  file: 'topology.ts',
  replace,
  by,
})

/** A statement typed among those that use the services. */
export const inUse = (by: string): Edit => ({
  file: 'use.ts',
  replace: 'api.env.SIGNUP satisfies string',
  by,
})

/** A mistake in the topology, far from what is looked at. */
export const mistake = inTopology("ref('db.url')", "ref('dbb.url')")
