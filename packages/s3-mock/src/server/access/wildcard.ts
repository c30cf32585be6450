/** Returns whether a text matches a pattern, in which `*` is any text and `?` any character. */
export const matchesWildcard = (pattern: string, text: string): boolean => {
  // Not a regular expression, whose time can grow exponentially with the number of asterisks.
  let at = 0
  let inPattern = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++
      resume = at
    } else if (pattern[inPattern] === '?' || pattern[inPattern] === text[at]) {
      inPattern++
      at++
    } else if (star === -1) return false
    else {
      inPattern = star + 1
      at = ++resume
    }
  }
  while (pattern[inPattern] === '*') inPattern++
  return inPattern === pattern.length
}
