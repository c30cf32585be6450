import { type ImageUse, listImages, type Project, type TopologyImage } from 'mesocosm/operate'
import type { Io } from '../command.ts'
import { wantsColor } from '../tree/screen.ts'
import { painted } from '../tree/style.ts'
import { sizeOf } from './size.ts'

/** Prints the images of a topology; returns the exit code. */
export const listNeeded = async (
  project: Project,
  { stdout }: Io,
  json: boolean,
): Promise<number> => {
  const listed = await listImages(project)
  if (json) stdout.write(`${JSON.stringify(listed, undefined, 2)}\n`)
  else
    stdout.write(
      linesOf(listed.images, wantsColor(stdout))
        .map((line) => `${line}\n`)
        .join(''),
    )
  return 0
}

/** Returns a table with one line per image. */
export const linesOf = (images: readonly TopologyImage[], color: boolean): string[] => {
  const rows = images.map((image) => [
    image.present ? 'present' : 'missing',
    image.image,
    image.bytes === undefined ? '' : sizeOf(image.bytes),
    image.platform ?? '',
    digestOf(image),
    usesOf(image),
  ])
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map(([state = '', ...cells]) => {
    const looks = state === 'present' ? 'green' : 'yellow'
    const rest = cells.map((cell, at) => cell.padEnd(widths[at + 1] ?? 0))
    return [color ? painted(state, looks) : state, ...rest].join('  ').trimEnd()
  })
}

// ---

/** The locked digest, else the one on the engine; a star marks a lock. */
const digestOf = ({ locked, digest, from }: TopologyImage): string => {
  if (locked !== undefined) return `${short(locked)}*`
  return digest === undefined ? (from === 'registry' ? '-' : from) : short(digest)
}

const short = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12)

const usesOf = ({ usedBy }: TopologyImage): string =>
  usedBy.length === 0 ? 'all services' : usedBy.map(useOf).join(', ')

const useOf = ({ service, as }: ImageUse): string =>
  as === 'image' ? service : `${as === 'base' ? 'base' : 'setup'} of ${service}`
