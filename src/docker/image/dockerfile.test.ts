// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { expect, test } from 'vitest'
import { pick, seeded } from '../../../test/lib/odd-requests.ts'
import { expand, flagsOf, instructionsOf, syntaxOf, wordsOf } from './dockerfile.ts'

/** Lines of one instruction, `@` for the escape character, and what it is. */
const pieces: readonly (readonly [lines: readonly string[], name: string, rest: string])[] = [
  [['FROM a'], 'FROM', 'a'],
  [['  from a As b  '], 'FROM', 'a As b'],
  [['RUN one @', '  two'], 'RUN', 'one    two'],
  [['RUN one @  ', '# why', '', '  # and why', 'two'], 'RUN', 'one  two'],
  [['RUN @', '', 'one'], 'RUN', 'one'],
  // The builder takes two at the end for a character.
  [['RUN one@@'], 'RUN', 'one@@'],
  [['RUN ["one", "# two"]'], 'RUN', '["one", "# two"]'],
  [['RUN echo # no comment'], 'RUN', 'echo # no comment'],
  [['RUN <<EOF', 'FROM x', '# y', '', ' EOF', 'EOF'], 'RUN', '<<EOF'],
  [['RUN <<-"E O F" x', 'FROM x @', '\t\tE O F'], 'RUN', '<<-"E O F" x'],
  [["COPY <<'a.txt' <<b-c /to/", '$x', 'a.txt', 'FROM x', 'b-c'], 'COPY', "<<'a.txt' <<b-c /to/"],
  [['ONBUILD RUN 3<<EOF', 'FROM x', 'EOF'], 'ONBUILD', 'RUN 3<<EOF'],
  [['RUN echo "a <<EOF b"'], 'RUN', 'echo "a <<EOF b"'],
  [['RUN echo $((1 << 2)) <<<x'], 'RUN', 'echo $((1 << 2)) <<<x'],
  [['LABEL x=<<EOF'], 'LABEL', 'x=<<EOF'],
  [['ENV A="x y" @', '# why', '  B=1'], 'ENV', 'A="x y"    B=1'],
]

test('instructionsOf reads any sequence of instructions, comments and here-documents', () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed)
    const mark = pick(random, ['\\', '`'])
    const lines = mark === '`' ? ['# escape=`'] : []
    const expected: object[] = []
    for (let made = 0; made < 6; made++) {
      for (let noise = pick(random, [0, 0, 1, 3]); noise > 0; noise--)
        lines.push(pick(random, ['', '  ', '# FROM comment', '\t# x']))
      const [text, name, rest] = pick(random, pieces)
      expected.push({ name, rest: rest.replaceAll('@', mark), line: lines.length + 1 })
      lines.push(...text.map((line) => line.replaceAll('@', mark)))
    }
    const text = `${pick(random, ['', '\uFEFF'])}${lines.join(pick(random, ['\n', '\r\n']))}`
    const found = instructionsOf(text).map(({ name, rest, line }) => ({ name, rest, line }))
    expect(found, JSON.stringify(text)).toEqual(expected)
  }
})

test('instructionsOf takes any text', () => {
  const parts = ['FROM', ' ', '\n', '\\\n', '<<', 'EOF', '"', "'", '#', '$', '{', '`', '\r\n', '--']
  for (let seed = 0; seed < 2_000; seed++) {
    const random = seeded(seed)
    const text = Array.from({ length: 40 }, () => pick(random, parts)).join('')
    const count = text.split('\n').length
    for (const { line, lastLine, rest } of instructionsOf(text)) {
      expect(lastLine).toBeGreaterThanOrEqual(line)
      expect(lastLine).toBeLessThanOrEqual(count)
      wordsOf(rest)
      flagsOf(rest)
      expand(rest, new Map([['EOF', '$FROM']]))
    }
    syntaxOf(text)
  }
})

test.each([
  ['# syntax=docker/dockerfile:1\nFROM a', 'docker/dockerfile:1'],
  ['#syntax = docker/dockerfile:1.7-labs \r\nFROM a', 'docker/dockerfile:1.7-labs'],
  ['# syntax=docker/dockerfile:1 and more words\nFROM a', 'docker/dockerfile:1'],
  ['# escape=`\n# SYNTAX=x/y\nFROM a', 'x/y'],
  ['\uFEFF# syntax=x/y\nFROM a', 'x/y'],
  ['\n# syntax=x/y\nFROM a', undefined],
  ['# a comment\n# syntax=x/y\nFROM a', undefined],
  ['FROM a\n# syntax=x/y', undefined],
])('syntaxOf reads %j', (dockerfile, expected) => {
  expect(syntaxOf(dockerfile)?.value).toBe(expected)
})

test.each([
  ['${A:-${B}}', 'b'],
  ['${A:-${C:-c}-$B}', 'c-b'],
  ['${B:+${B}/${B}}', 'b/b'],
  ['${E:-x}${E-y}', 'x'],
  ['$B${MISSING}', 'b'],
  // A value is not looked at again.
  ['$D', '${B}'],
  ['${A:-$D}', '${B}'],
])('expand fills in %j', (text, expected) => {
  const values = new Map([
    ['B', 'b'],
    ['D', '${B}'],
    ['E', ''],
  ])
  expect(expand(text, values)).toBe(expected)
})

test.each([
  ['--from=a --link x y', ['--from=a', '--link']],
  ['--from="a b" x', ['--from=a b']],
  ['-- --from=a', []],
  ['x --from=a', []],
])('flagsOf reads %j', (rest, expected) => {
  expect(flagsOf(rest)).toEqual(expected)
})
