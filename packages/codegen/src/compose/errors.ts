import { MesocosmError } from 'mesocosm'
import type { Fault } from './note.ts'

/** All faults of Compose files at once, a line each. */
export const composeInvalid = (faults: readonly Fault[]): MesocosmError => {
  const files = [...new Set(faults.map(({ file }) => file))]
  return new MesocosmError({
    code: 'COMPOSE_INVALID',
    message:
      `${files.join(' and ')} ${faults.length === 1 ? 'has a fault' : `have ${faults.length} faults`}`.replace(
        /^(\S+) have/,
        '$1 has',
      ),
    remedy: 'correct the Compose file at the places named; `docker compose config` reads it too',
    details: faults.map(({ file, line, text }) => `${file}:${line}: ${text}`),
    facts: { faults },
  })
}

export const topologyExists = (file: string): MesocosmError =>
  new MesocosmError({
    code: 'TOPOLOGY_EXISTS',
    message: `there is a ${file} already`,
    remedy:
      'name another file with --topology, look at the text with --print, or replace it with --force',
    facts: { file },
  })
