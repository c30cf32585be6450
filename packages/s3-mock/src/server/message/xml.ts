import { S3Error } from '../s3-error.ts'
import { parseXml, XmlFault, type XmlNode } from './parse-xml.ts'

export type { XmlNode } from './parse-xml.ts'

/** Content of an element: text, children by name in order, or nothing. An array is one element per entry. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | { readonly [name: string]: XmlContent | readonly XmlContent[] }

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** Returns a document with one root in S3's namespace; `undefined` children are left out. */
export const writeXml = (root: string, content: XmlContent): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${inner(content)}</${root}>`

/** Returns a document without a namespace, as those of errors and forms. */
export const writePlainXml = (root: string, content: XmlContent): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inner(content)}</${root}>`

/**
 * Parses a document with this root.
 *
 * @throws {S3Error} `MalformedXML` if it is not well-formed, or has another root or a document type.
 */
export const readXml = (text: string, root: string): XmlNode => {
  try {
    const { name, node } = parseXml(text)
    if (name === root) return node
  } catch (cause) {
    if (!(cause instanceof XmlFault)) throw cause
    throw new S3Error('MalformedXML', { cause })
  }
  throw new S3Error('MalformedXML')
}

/** Returns all children with this name. */
export const children = (node: XmlNode | undefined, name: string): readonly XmlNode[] => {
  if (node === undefined || typeof node === 'string') return []
  const found = node[name]
  if (found === undefined) return []
  return Array.isArray(found) ? found : [found as XmlNode]
}

/** Returns the first child with this name. */
export const child = (node: XmlNode | undefined, name: string): XmlNode | undefined =>
  children(node, name)[0]

/** Returns the text of a child that has no children; `undefined` if there is none. */
export const textOf = (node: XmlNode | undefined, name: string): string | undefined => {
  const found = child(node, name)
  return typeof found === 'string' ? found : undefined
}

// ---

const inner = (content: XmlContent | readonly XmlContent[]): string => {
  if (content === undefined) return ''
  if (typeof content !== 'object') return escapeText(String(content))
  return Object.entries(content)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one]))
    .map(([name, value]) => (value === undefined ? '' : `<${name}>${inner(value)}</${name}>`))
    .join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

const escapeText = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: keys can have them, and S3 escapes them
    /[&<>"\u0000-\u0008\u000b-\u001f]/g,
    (character) => entities[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  )
