import ts from 'typescript-6'

/** The docstring of a symbol as Markdown: its text, and a line for each tag. */
export const docOf = (
  symbol: ts.Symbol,
  checker: ts.TypeChecker,
): { readonly text: string; readonly tags: readonly string[] } => {
  const text = linked(ts.displayPartsToString(symbol.getDocumentationComment(checker)))
  const tags = symbol.getJsDocTags(checker).flatMap(({ name, text: parts }) => {
    const body = linked(ts.displayPartsToString(parts)).trim()
    if (name === 'param') return [`- \`${body.replace(/^(\S+)\s*(?:-\s*)?/, '$1`: ')}`]
    if (name === 'throws') return [`- throws ${body.replaceAll(/\{(\w+)\}/g, '`$1`')}`]
    if (name === 'returns') return [`- returns ${body}`]
    if (name === 'see') return [`- source: ${body}`]
    if (name === 'example') return [`\n\`\`\`ts\n${body.replace(/^```\w*\n|\n```$/g, '')}\n\`\`\``]
    return []
  })
  return {
    text: text.trim(),
    tags: tags.map((tag) => (tag.startsWith('\n') ? tag : tag.replaceAll(/\s*\n\s*/g, ' '))),
  }
}

/** The source of a type on one line. */
export const oneLine = (node: ts.Node): string =>
  plain(
    node
      .getText()
      .replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
      .replaceAll(/\/\/.*$/gm, '')
      // Members of an object type that only a line break separates.
      .replaceAll(/([^\s{;,|&(<=>?:])[ \t]*\n\s*(?=(?:readonly )?[\w[\]]+\??:)/g, '$1; '),
  )

/** Text on one line without what does not matter to a reader. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\breadonly /g, '')
    .replaceAll(/^\| /g, '')
    .trim()

// ---

/** `{@link X}` as code. */
const linked = (text: string): string =>
  text.replaceAll(
    /\{@link(?:code|plain)?\s+([^}|\s]+)\s*(?:\|\s*([^}]+))?\}/g,
    (_, name: string, label?: string) => label?.trim() ?? `\`${name}\``,
  )
