import { expect, test } from 'vitest'
import { guide } from './guide.ts'
import { withSection } from './section.ts'

const own = '# Our rules\n\nBe kind.\n'

test('the section is added to the end of a file, and to an empty one', () => {
  expect(withSection(own, 'a', 'AGENTS.md')).toMatch(
    /^# Our rules\n\nBe kind\.\n\n<!-- .*\n\na\n\n<!-- .*\n$/,
  )
  expect(withSection('', 'a', 'AGENTS.md')).toMatch(/^<!-- .*\n\na\n\n<!-- .* -->\n$/)
})

test('a section that is there is replaced, and all other text stays as it is', () => {
  const first = `${withSection(own, 'old', 'AGENTS.md')}\nMore rules.   \n`
  const second = withSection(first, 'new', 'AGENTS.md')
  expect(second).toBe(first.replace('\n\nold\n\n', '\n\nnew\n\n'))
  expect(withSection(second, 'new', 'AGENTS.md')).toBe(second)
})

test('a file with one marker only is left alone', () => {
  const broken = withSection('', 'a', 'AGENTS.md').replace('<!-- /mesocosm agents -->', '')
  expect(() => withSection(broken, 'b', 'AGENTS.md')).toThrow(/AGENTS\.md has only a part/)
})

test('the guide begins at the depth of headings that is asked for', () => {
  expect(
    guide()
      .match(/^#+ /gm)
      ?.map((marks) => marks.length - 1),
  ).toEqual([1, 2, 2, 2, 2])
  expect(guide(2)).toMatch(/^## Tests with Mesocosm\n/)
})
