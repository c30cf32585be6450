import { join } from 'node:path'
import type { Edit } from './editor.ts'

/** The folder to open: a small topology, its plugins, its generated types and a file that uses it. */
export const fixture = join(import.meta.dirname, 'fixture')

/** Replaces a passage of the topology. */
export const inTopology = (replace: string, by: string): Edit => ({
  file: 'topology.ts',
  replace,
  by,
})

/** Replaces a statement in the file that uses the services. */
export const inUse = (by: string): Edit => ({
  file: 'use.ts',
  replace: 'api.env.SIGNUP satisfies string',
  by,
})

/** A mistake in the topology, away from the cursor. */
export const mistake = inTopology("ref('db.url')", "ref('dbb.url')")
