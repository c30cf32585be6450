/** Returns a doc comment with one paragraph per entry; no lines if all are empty. */
export const docLines = (paragraphs: readonly (string | undefined)[]): string[] => {
  const texts = paragraphs.map((text = '') => oneLine(text)).filter((text) => text !== '')
  const [first, ...others] = texts
  if (first === undefined) return []
  if (others.length === 0) return [`/** ${first} */`]
  return [
    '/**',
    ...texts.flatMap((text, i) => (i === 0 ? [` * ${text}`] : [' *', ` * ${text}`])),
    ' */',
  ]
}

/** Returns the sentence that names the source files. No line numbers: they would change with every edit. */
export const fromFiles = (files: readonly string[]): string | undefined => {
  const shown = files.slice(0, mostFiles).map((file) => `\`${file}\``)
  const more = files.length - shown.length
  if (shown.length === 0) return undefined
  return `From ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

// ---

const mostFiles = 3

/** Escapes text from sources, which must not end the comment or hide characters in it. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('*/', '*\\/')
    .trim()
