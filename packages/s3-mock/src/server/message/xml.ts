import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from '../s3-error.ts'

/** An element's content: text, children by name in order, or nothing. A list is one element for each entry. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | { readonly [name: string]: XmlContent | readonly XmlContent[] }

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** A document with one root in S3's namespace; what is `undefined` is left out. */
export const writeXml = (root: string, content: XmlContent): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${inner(content)}</${root}>`

/** The error document, which has no namespace. */
export const writeErrorXml = (content: XmlContent): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner(content)}</Error>`

/** What was parsed: text, or elements by name. */
export type XmlNode = string | { readonly [name: string]: XmlNode | readonly XmlNode[] }

/**
 * Reads a document with this root.
 *
 * @throws {S3Error} `MalformedXML`: not well-formed, another root, or a document type.
 */
export const readXml = (text: string, root: string): XmlNode => {
  // Entities of its own are what makes a document grow while it is read.
  if (text.includes('<!DOCTYPE') || XMLValidator.validate(text) !== true)
    throw new S3Error('MalformedXML')
  let parsed: Readonly<Record<string, XmlNode>>
  try {
    parsed = parser().parse(text)
  } catch (cause) {
    throw new S3Error('MalformedXML', { cause })
  }
  const found = parsed[root]
  if (found === undefined || Array.isArray(found)) throw new S3Error('MalformedXML')
  return found as XmlNode
}

/** All children with this name. */
export const children = (node: XmlNode | undefined, name: string): readonly XmlNode[] => {
  if (node === undefined || typeof node === 'string') return []
  const found = node[name]
  if (found === undefined) return []
  return Array.isArray(found) ? found : [found as XmlNode]
}

export const child = (node: XmlNode | undefined, name: string): XmlNode | undefined =>
  children(node, name)[0]

/** The text of a child without children; `undefined` where there is no such child. */
export const textOf = (node: XmlNode | undefined, name: string): string | undefined => {
  const found = child(node, name)
  return typeof found === 'string' ? found : undefined
}

// ---

const parser = () =>
  new XMLParser({
    ignoreAttributes: true,
    removeNSPrefix: true,
    ignoreDeclaration: true,
    parseTagValue: false,
    trimValues: false,
    // Without it a carriage return in a key, written as `&#13;`, would stay as it is.
    htmlEntities: true,
  })

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
    // biome-ignore lint/suspicious/noControlCharactersInRegex: keys may hold them, and S3 writes them so
    /[&<>"\u0000-\u0008\u000b-\u001f]/g,
    (character) => entities[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  )
