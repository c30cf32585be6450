import { expect, test } from 'vitest'
import { go, java, kotlin, php, python, ruby } from './lexicons.ts'
import { type Lexicon, mask } from './mask.ts'

/** Code as it is left, with a dot for what strings hold. */
const left = (text: string, lexicon: Lexicon) =>
  mask(text, lexicon).code.replaceAll('\0', '·').replace(/ +/g, ' ').trim()

test('comments go and what strings hold is covered, at the same places as before', () => {
  const text = 'a("b") // "c"\n/* d\n */ e'
  const { code, strings } = mask(text, go)
  expect(code).toHaveLength(text.length)
  expect(code.split('\n')).toHaveLength(3)
  expect(left(text, go)).toBe('a("·") \n \n e')
  expect(strings).toEqual([{ from: 3, to: 4 }])
})

test('a quote in a comment opens nothing, and a comment in a string closes nothing', () => {
  expect(left(`x # don't\ny = "# no"`, python)).toBe('x \ny = "····"')
  expect(left(`$a = 'http://x'; // it's\n$b`.replace(/^/, '<?php '), php)).toBe(
    "<?php $a = '········'; \n$b",
  )
})

test('escaped delimiters do not close', () => {
  expect(left(String.raw`a("x\"y", b)`, java)).toBe('a("····", b)')
})

test('a string that nobody closed ends with its line where strings have one line', () => {
  expect(left('a = "open\nb = 1', python)).toBe('a = "····\nb = 1')
})

test('code inside of strings is code, also when it holds a string', () => {
  expect(left('x = "a #{f("b")} c"', ruby)).toBe('x = "··#{f("·")}··"')
  expect(left(`x = f"{g['k']} {{no}}"`, python)).toBe(`x = f"{g['·']}·······"`)
  expect(left(`val x = "\${f("a")}"`, kotlin)).toBe(`val x = "\${f("·")}"`)
})

test('heredocs end with their word', () => {
  expect(left("<?php $a = <<<'X'\nit's\nX;\n$b", php)).toBe("<?php $a = <<<'X'\n·····X;\n$b")
  expect(left("a = <<~X\n it's\nX\nb << c", ruby)).toContain('b << c')
})

test('in PHP, what stands outside of its tags is no code', () => {
  expect(left("it's <?= f('a') ?> and it's <?php g() ?> b", php)).toBe("f('·') g()")
})

test('a slash divides unless a regular expression can begin there', () => {
  expect(left('a / b / c', ruby)).toBe('a / b / c')
  expect(left(`x =~ /it's/ ? y : z`, ruby)).toBe('x =~ /····/ ? y : z')
})
