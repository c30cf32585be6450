const digits = 32

/**
 * Returns the trace ids in a text, in small letters: runs of exactly 32 hexadecimal digits. Looks at few characters of a
 * text that has none: each run has one at a position before a multiple of 32. A regular expression takes ten times as
 * long.
 */
export const traceIdsIn = (text: string): readonly string[] => {
  let found: string[] | undefined
  for (let at = digits - 1; at < text.length; at += digits) {
    if (!isHex(text.charCodeAt(at))) continue
    let start = at
    while (start > 0 && isHex(text.charCodeAt(start - 1))) start--
    let end = at + 1
    while (end < text.length && isHex(text.charCodeAt(end))) end++
    if (end - start === digits) {
      found ??= []
      found.push(text.slice(start, end).toLowerCase())
    }
    // A longer run has more such positions.
    while (at + digits < end) at += digits
  }
  return found ?? none
}

// ---

const none: readonly string[] = []

const isHex = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)
