/** A parsed element: its text if it has no children, else its children by name. */
export type XmlNode = string | { readonly [name: string]: XmlNode | readonly XmlNode[] }

/** Why a text is not a document that S3 reads. */
export class XmlFault extends Error {}

/** No document of S3 comes near it. */
const maxDepth = 64

/**
 * Parses a document in one pass, in time proportional to its length. Attributes, comments and instructions are passed
 * over, prefixes of names are removed. A document type is refused, and with it all entities but the five of XML.
 *
 * @returns name and content of the root.
 * @throws {XmlFault}
 */
export const parseXml = (source: string): { readonly name: string; readonly node: XmlNode } => {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  const open: Element[] = [{ name: '', children: undefined, text: '' }]
  for (let at = 0; at < text.length; ) {
    const parent = open.at(-1) as Element
    const tag = text.indexOf('<', at)
    const end = tag === -1 ? text.length : tag
    if (end > at) addText(parent, decodeText(text.slice(at, end)))
    if (tag === -1) break
    if (text.startsWith('<!--', tag)) at = after(text, '-->', tag + 4)
    else if (text.startsWith('<![CDATA[', tag)) {
      at = after(text, ']]>', tag + 9)
      addText(parent, text.slice(tag + 9, at - 3))
    } else if (text.startsWith('<?', tag)) at = after(text, '?>', tag + 2)
    else {
      at = endOfTag(text, tag)
      const found = tagPattern.exec(text.slice(tag, at))
      if (found === null) throw new XmlFault('a tag is malformed')
      const [, closing, name = '', attributes = '', empty] = found
      if (closing === '/') {
        if (name !== parent.name || open.length === 1 || attributes.trim() !== '' || empty === '/')
          throw new XmlFault(`</${name}> closes nothing`)
        open.pop()
        addChild(open.at(-1) as Element, parent)
      } else {
        checkAttributes(attributes)
        const element: Element = { name, children: undefined, text: '' }
        if (empty === '/') addChild(parent, element)
        else if (open.push(element) > maxDepth) throw new XmlFault('the elements are too deep')
      }
    }
  }
  const [document, unclosed] = open
  const names = Object.keys(document?.children ?? {})
  const [name] = names
  const node = document?.children?.[name ?? '']
  if (unclosed !== undefined || names.length !== 1 || node === undefined || Array.isArray(node))
    throw new XmlFault('there is not one root')
  if (document?.text.trim() !== '') throw new XmlFault('there is text outside of the root')
  return { name: name ?? '', node: node as XmlNode }
}

// ---

interface Element {
  readonly name: string
  /** Without a prototype, so that any name can be one of a child. */
  children: Record<string, XmlNode | XmlNode[]> | undefined
  text: string
}

/** Closing slash, name, attributes, slash of an empty element. */
const tagPattern = /^<(\/?)([^\s<>/="'&!?]+)((?:\s[^<]*?)?)(\/?)>$/

const attributePattern = /\s+[^\s=<>/"']+\s*=\s*(?:"[^"<]*"|'[^'<]*')/y

const after = (text: string, mark: string, from: number): number => {
  const at = text.indexOf(mark, from)
  if (at === -1) throw new XmlFault(`${mark} is missing`)
  return at + mark.length
}

/** Returns the position after the `>` of a tag, whose attributes may have one, too. */
const endOfTag = (text: string, from: number): number => {
  const end = text.indexOf('>', from)
  const tag = text.slice(from, end + 1)
  if (end === -1) throw new XmlFault('a tag has no end')
  if (!/["']/.test(tag)) return end + 1
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at + 1
  }
  throw new XmlFault('a tag has no end')
}

const checkAttributes = (attributes: string): void => {
  const text = attributes.trimEnd()
  attributePattern.lastIndex = 0
  for (let at = 0; at < text.length; at = attributePattern.lastIndex)
    if (!attributePattern.test(text)) throw new XmlFault('an attribute is malformed')
}

const addText = (element: Element, text: string): void => {
  element.text += text
}

const addChild = (parent: Element, { name: full, children, text }: Element): void => {
  const name = full.slice(full.indexOf(':') + 1)
  const node: XmlNode = children ?? text
  parent.children ??= Object.create(null) as NonNullable<Element['children']>
  const before = parent.children[name]
  if (before === undefined) parent.children[name] = node
  else if (Array.isArray(before)) before.push(node)
  else parent.children[name] = [before, node]
}

const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

const decodeText = (text: string): string =>
  text.includes('&') ? text.replace(/&([^;&]{0,12};?)/g, (_, name: string) => decoded(name)) : text

const decoded = (name: string): string => {
  const [, hex, decimal] = /^#(?:x([0-9a-f]{1,8})|([0-9]{1,8}));$/i.exec(name) ?? []
  if (hex === undefined && decimal === undefined) {
    const found = name.endsWith(';') ? entities.get(name.slice(0, -1)) : undefined
    if (found === undefined) throw new XmlFault(`&${name} is not an entity`)
    return found
  }
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw new XmlFault(`&${name} is not a character`)
  return String.fromCodePoint(code)
}
