import type { LogTable, ReportIndex } from '../../../../src/report/source.ts'
import { trackKey } from '../model/tracks.ts'
import type { Scale } from './scale.ts'

/** Number of lines per column of pixels. */
export interface Density {
  readonly all: Uint32Array
  readonly errors: Uint32Array
}

/** Width of a column, pixels. */
export const columnWidth = 3

/** Counts the lines of each service in each column, by the key of its track. */
export const densityOf = (
  logs: LogTable,
  { services, lanes }: Pick<ReportIndex, 'services' | 'lanes'>,
  { from, to, width }: Scale,
): Map<string, Density> => {
  const columns = Math.max(1, Math.ceil(width / columnWidth))
  const perColumn = (to - from) / columns
  const found: (Density | undefined)[] = []
  const end = logs.rowAt(to)
  for (let row = logs.rowAt(from); row < end; row++) {
    const slot = logs.lane(row) * services.length + logs.service(row)
    let density = found[slot]
    if (density === undefined) {
      density = { all: new Uint32Array(columns), errors: new Uint32Array(columns) }
      found[slot] = density
    }
    const column = Math.min(columns - 1, Math.floor((logs.time(row) - from) / perColumn))
    density.all[column] = (density.all[column] ?? 0) + 1
    if (logs.level(row) === 'error') density.errors[column] = (density.errors[column] ?? 0) + 1
  }
  const byTrack = new Map<string, Density>()
  for (const [slot, density] of found.entries()) {
    const lane = lanes[Math.floor(slot / services.length)]
    const service = services[slot % services.length]
    if (density !== undefined && lane !== undefined && service !== undefined)
      byTrack.set(trackKey(lane, service), density)
  }
  return byTrack
}
