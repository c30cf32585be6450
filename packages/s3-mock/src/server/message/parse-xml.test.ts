import { expect, test } from 'vitest'
import { parseXml, XmlFault } from './parse-xml.ts'

const plain = (text: string): ReturnType<typeof parseXml> =>
  JSON.parse(JSON.stringify(parseXml(text)))

test('elements become texts, or children by name, without prefixes and attributes', () => {
  expect(
    plain(
      '\uFEFF<?xml version="1.0"?>\r\n<!-- a > b --><s3:A xmlns:s3="http://x/>" b = \'c"d\'>\n <B>1</B><C/><B> 2\r\n</B><D x="1" /></s3:A>\n',
    ),
  ).toEqual({ name: 'A', node: { B: ['1', ' 2\n'], C: '', D: '' } })
})

test('characters and sections of text are decoded', () => {
  expect(plain('<K>a&lt;&gt;&amp;&quot;&apos;&#13;&#x1F600;<![CDATA[<&lt;]]></K>').node).toBe(
    'a<>&"\'\r😀<&lt;',
  )
})

test('a child can have any name', () => {
  const { node } = parseXml('<A><__proto__>x</__proto__><constructor>y</constructor></A>')
  expect(Object.entries(node)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ])
})

test.each([
  ['', 'nothing'],
  ['text', 'no element'],
  ['<A>', 'an open element'],
  ['</A>', 'a closing tag alone'],
  ['<A></B>', 'another closing tag'],
  ['<A></A b="c">', 'attributes of a closing tag'],
  ['<A/><B/>', 'two roots'],
  ['<A/><A/>', 'two roots of one name'],
  ['<A/>text', 'text after the root'],
  ['<A b></A>', 'an attribute without value'],
  ['<A b=c></A>', 'an attribute without quotation marks'],
  ['<A b="c"d="e"></A>', 'attributes without a space'],
  ['<A b="c></A>', 'an open quotation mark'],
  ['<A', 'an open tag'],
  ['< A></A>', 'a space before a name'],
  ['<A><!-- </A>', 'an open comment'],
  ['<A><![CDATA[ </A>', 'an open section'],
  ['<A>&</A>', 'a lone ampersand'],
  ['<A>&lt</A>', 'an entity without an end'],
  ['<A>&copy;</A>', 'an entity of HTML'],
  ['<A>&constructor;</A>', 'an entity with the name of a property'],
  ['<A>&#0;</A>', 'a character that is none'],
  ['<A>&#xD800;</A>', 'half a character'],
  ['<A>&#x110000;</A>', 'a character beyond the last'],
  ['<!DOCTYPE A><A/>', 'a document type'],
])('%s is refused: %s', (text) => {
  expect(() => parseXml(text)).toThrow(XmlFault)
})

test('large documents of few kinds of bytes end', () => {
  const references = `<A>${'&#120;'.repeat(400_000)}</A>`
  expect(String(parseXml(references).node)).toHaveLength(400_000)
  expect(() => parseXml('<A>'.repeat(100_000) + '</A>'.repeat(100_000))).toThrow(XmlFault)
  expect(() => parseXml('<A b="'.repeat(100_000))).toThrow(XmlFault)
  expect(() => parseXml(`<A ${' b'.repeat(100_000)}>`)).toThrow(XmlFault)
  expect(() => parseXml(`<A>${'<'.repeat(100_000)}`)).toThrow(XmlFault)
  expect(() => parseXml(`<A>${'<![CDATA['.repeat(100_000)}`)).toThrow(XmlFault)
  const wide = parseXml(`<A>${'<B/>'.repeat(100_000)}</A>`)
  expect((wide.node as { B: string[] }).B).toHaveLength(100_000)
})
