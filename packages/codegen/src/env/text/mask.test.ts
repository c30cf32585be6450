import { expect, test } from 'vitest'
import { go, java, kotlin, php, python, ruby } from './lexicons.ts'
import { type Lexicon, mask } from './mask.ts'

/** Returns masked code, with a dot for each character of a string. */
const masked = (text: string, lexicon: Lexicon) =>
  mask(text, lexicon).code.replaceAll('\0', '·').replace(/ +/g, ' ').trim()

test('mask replaces comments and string contents without moving code', () => {
  const text = 'a("b") // "c"\n/* d\n */ e'
  const { code, strings } = mask(text, go)
  expect(code).toHaveLength(text.length)
  expect(code.split('\n')).toHaveLength(3)
  expect(masked(text, go)).toBe('a("·") \n \n e')
  expect(strings).toEqual([{ from: 3, to: 4 }])
})

test('mask ignores quotes in comments and comments in strings', () => {
  expect(masked(`x # don't\ny = "# no"`, python)).toBe('x \ny = "····"')
  expect(masked(`$a = 'http://x'; // it's\n$b`.replace(/^/, '<?php '), php)).toBe(
    "<?php $a = '········'; \n$b",
  )
})

test('mask does not end a string at an escaped quote', () => {
  expect(masked(String.raw`a("x\"y", b)`, java)).toBe('a("····", b)')
})

test('mask ends an unclosed single-line string with its line', () => {
  expect(masked('a = "open\nb = 1', python)).toBe('a = "····\nb = 1')
})

test('mask keeps interpolated code, including strings in it', () => {
  expect(masked('x = "a #{f("b")} c"', ruby)).toBe('x = "··#{f("·")}··"')
  expect(masked(`x = f"{g['k']} {{no}}"`, python)).toBe(`x = f"{g['·']}·······"`)
  expect(masked(`val x = "\${f("a")}"`, kotlin)).toBe(`val x = "\${f("·")}"`)
})

test('mask ends a heredoc at its word', () => {
  expect(masked("<?php $a = <<<'X'\nit's\nX;\n$b", php)).toBe("<?php $a = <<<'X'\n·····X;\n$b")
  expect(masked("a = <<~X\n it's\nX\nb << c", ruby)).toContain('b << c')
})

test('mask treats text outside PHP tags as a comment', () => {
  expect(masked("it's <?= f('a') ?> and it's <?php g() ?> b", php)).toBe("f('·') g()")
})

test('mask treats a slash as division unless a regular expression can start there', () => {
  expect(masked('a / b / c', ruby)).toBe('a / b / c')
  expect(masked(`x =~ /it's/ ? y : z`, ruby)).toBe('x =~ /····/ ? y : z')
})
