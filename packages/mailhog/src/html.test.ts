import { expect, test } from 'vitest'
import { hrefsOf, textOfHtml } from './html.ts'
import { decodeEntities } from './html-entities.ts'

test('links in comments, scripts and other attributes do not count', () => {
  const html = `<!-- <a href="https://no.test/1">x</a> --><script>'<a href="https://no.test/2">'</script>
    <a title="x>y" href="https://a.test/?a=1&amp;b=2">a</a><style>/* <a href=https://no.test/3> */</style>
    <!--><a title='it"s' href=https://b.test/>b</a><a data-href="https://no.test/4" title="href='https://no.test/5'">
    <AREA shape=rect HREF = 'https://c.test/'/><a href="https://d.test/" href="https://no.test/6">`
  expect(hrefsOf(html)).toEqual([
    'https://a.test/?a=1&b=2',
    'https://b.test/',
    'https://c.test/',
    'https://d.test/',
  ])
})

test('the text of HTML is what a reader sees', () => {
  expect(
    textOfHtml(
      '<title>t</title><style>p>a{}</style><p title="a>b">1 &lt; 2 <br>x<!-- no --></p>a < b &amp;lt; <b>c',
    ),
  ).toBe('1 < 2 \nx\na < b &lt; c')
})

test('broken HTML is read to its end', () => {
  for (const html of ['<', '<a', '<a href', '<!--', '<!', '</', '<script>x', '<a title="x'])
    expect([html, hrefsOf(html).join(), textOfHtml(html).length <= 2]).toEqual([html, '', true])
  expect(hrefsOf('<a href=https://a.test/')).toEqual(['https://a.test/'])
})

test('large HTML is read in one pass', () => {
  const html = '<a href="https://a.test/" title=\'"\'> &amp; <!-- x --> 1 < 2'.repeat(20_000)
  expect(hrefsOf(html)).toHaveLength(20_000)
  expect(textOfHtml(html).length).toBeGreaterThan(20_000)
})

test('character references are decoded by name, by number, and as browsers read them', () => {
  expect(
    decodeEntities('&eacute;&Eacute;&copy;&euro;&yuml;&divide;&Omega;&omega;&diams;&hearts;'),
  ).toBe('éÉ©€ÿ÷Ωω♦♥')
  expect(decodeEntities('&#233;&#xE9;&#x1F600;&#150;a&nbsp;b&#33')).toBe('éé😀–a b!')
  expect(decodeEntities('&unknown; &copy=1 & &; &#0; &#x110000; &#xd800;')).toBe(
    '&unknown; &copy=1 & &; \ufffd \ufffd \ufffd',
  )
})
