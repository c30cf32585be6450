import { MesocosmError } from 'mesocosm'
import type { Fault } from './note.ts'

/** Returns one error that lists all faults of the Compose files. */
export const composeInvalid = (faults: readonly Fault[]): MesocosmError => {
  const files = [...new Set(faults.map(({ file }) => file))]
  return new MesocosmError({
    code: 'COMPOSE_INVALID',
    message:
      `${files.join(' and ')} ${faults.length === 1 ? 'has a fault' : `have ${faults.length} faults`}`.replace(
        /^(\S+) have/,
        '$1 has',
      ),
    remedy: 'fix the listed lines; `docker compose config` checks the file too',
    details: faults.map(({ file, line, text }) => `${file}:${line}: ${text}`),
    facts: { faults },
  })
}

/** Returns the error for a topology file that exists already. */
export const topologyExists = (file: string): MesocosmError =>
  new MesocosmError({
    code: 'TOPOLOGY_EXISTS',
    message: `${file} already exists`,
    remedy:
      'choose another file with --topology, preview with --print, or overwrite it with --force',
    facts: { file },
  })
