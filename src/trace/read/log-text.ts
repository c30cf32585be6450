import type { LogLine } from '../../model/log-line.ts'

/** Returns lines as text, joined by line feeds; the pieces of a line that was cut are one line again. */
export const textOf = (lines: readonly LogLine[]): string => {
  const texts: string[] = []
  /** By stream: where a line that was cut goes on; the other stream may write in between. */
  const open = new Map<LogLine['stream'], number>()
  for (const { text, stream, cut, gap } of lines) {
    // The rest of a line may be what is missing.
    if (gap) open.clear()
    const at = open.get(stream)
    const index = at ?? texts.length
    texts[index] = at === undefined ? text : `${texts[at]}${text}`
    if (cut) open.set(stream, index)
    else open.delete(stream)
  }
  return texts.join('\n')
}
