import { decodeEntities } from './html-entities.ts'

/** Returns the URLs of the links of an HTML text, decoded, in their order. Those in comments and scripts are left out. */
export const hrefsOf = (html: string): string[] =>
  [...tokensOf(html)].flatMap((token) =>
    token.kind === 'tag' && linking.has(token.name)
      ? [...token.attributes].flatMap(([name, value]) =>
          name === 'href' ? [decodeEntities(value).trim()] : [],
        )
      : [],
  )

/** Returns the visible text of HTML: without styles, scripts and tags, with a line end after each block. */
export const textOfHtml = (html: string): string => {
  let text = ''
  for (const token of tokensOf(html))
    if (token.kind === 'text') text += token.text
    else if (token.name === 'br' || (token.closing && blocks.has(token.name))) text += '\n'
  return decodeEntities(text)
}

// ---

type Token =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'tag'
      /** In lower case. */
      readonly name: string
      readonly closing: boolean
      /** Values by name in lower case, not decoded; of several with one name the first. */
      readonly attributes: ReadonlyMap<string, string>
    }

const linking = new Set(['a', 'area'])
const blocks = new Set(['p', 'div', 'tr', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'])
/** Their content is neither markup nor visible. */
const hidden = new Set(['style', 'script', 'title', 'template'])

const tagStart = /<(\/?)([a-z][^\s/>]*)/iy
const attribute = /[\s/=]*(?:([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?)/y

/** Reads HTML as far as links and text need it (HTML Standard, 13.2.5): tags, quoted attributes, comments. */
function* tokensOf(html: string): Generator<Token> {
  let from = 0
  while (from < html.length) {
    const at = html.indexOf('<', from)
    if (at === -1) break
    if (at > from) yield { kind: 'text', text: html.slice(from, at) }
    const skipped = afterComment(html, at)
    if (skipped !== undefined) {
      from = skipped
      continue
    }
    tagStart.lastIndex = at
    const start = tagStart.exec(html)
    if (start === null) {
      yield { kind: 'text', text: '<' }
      from = at + 1
      continue
    }
    const name = (start[2] ?? '').toLowerCase()
    const closing = start[1] === '/'
    const { attributes, end } = attributesOf(html, tagStart.lastIndex)
    yield { kind: 'tag', name, closing, attributes }
    from = !closing && hidden.has(name) ? afterHidden(html, end, name) : end
  }
  if (from < html.length) yield { kind: 'text', text: html.slice(from) }
}

/** Returns where the text goes on if a comment, a doctype or the like starts here. */
const afterComment = (html: string, at: number): number | undefined => {
  const close = html.startsWith('<!--', at)
    ? '-->'
    : /^<[!?]/.test(html.slice(at, at + 2))
      ? '>'
      : ''
  if (close === '') return undefined
  // `<!-->` is a whole comment.
  const found = html.indexOf(close, close === '-->' ? at + 2 : at)
  return found === -1 ? html.length : found + close.length
}

const afterHidden = (html: string, from: number, name: string): number => {
  const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi')
  close.lastIndex = from
  return close.exec(html)?.index ?? html.length
}

const attributesOf = (html: string, from: number) => {
  const attributes = new Map<string, string>()
  let end = from
  for (;;) {
    attribute.lastIndex = end
    const found = attribute.exec(html)
    if (found === null) break
    end = attribute.lastIndex
    const name = (found[1] ?? '').toLowerCase()
    if (!attributes.has(name)) attributes.set(name, found[2] ?? found[3] ?? found[4] ?? '')
  }
  const close = html.indexOf('>', end)
  return { attributes, end: close === -1 ? html.length : close + 1 }
}
