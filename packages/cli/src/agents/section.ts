import { UsageError } from '../command.ts'

const begin = '<!-- mesocosm agents: this section is written by `mesocosm agents --write` -->'
const end = '<!-- /mesocosm agents -->'

/**
 * Returns a document with the section, in the place of the one that it has, else at its end. All other text stays.
 *
 * @throws {UsageError} if only one of the markers is there, or in the wrong order.
 */
export const withSection = (document: string, section: string, file: string): string => {
  const text = `${begin}\n\n${section.trim()}\n\n${end}`
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from === -1 && to === -1) {
    const before = document.trimEnd()
    return before === '' ? `${text}\n` : `${before}\n\n${text}\n`
  }
  if (from === -1 || to < from) throw brokenMarkers(file)
  return `${document.slice(0, from)}${text}${document.slice(to + end.length)}`
}

// ---

const brokenMarkers = (file: string) =>
  new UsageError(
    `${file} has only a part of the section of mesocosm; remove the line ${begin} or ${end}`,
  )
