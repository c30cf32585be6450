import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript-6'
import { expect, test } from 'vitest'

/*
 * A remedy that names an option, a method, a command or a flag which does not exist cannot be followed. What exists is
 * what `docs/reference` says, which is made from the sources of every door and from the help of every command.
 */

const root = join(import.meta.dirname, '..')

interface Remedy {
  readonly file: string
  /** With `…` for what is known only when the error is made. */
  readonly text: string
}

/** Every text in the value of a property, function or constant whose name says that it is a remedy. */
const remediesIn = (file: string): Remedy[] => {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )
  const found: Remedy[] = []
  const collect = (node: ts.Node): void => {
    // A default or a comparison is not a text of the remedy.
    if (ts.isStringLiteralLike(node) && !ts.isLiteralTypeNode(node.parent))
      found.push({ file, text: node.text })
    else if (ts.isTemplateExpression(node)) {
      const text = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]
      found.push({ file, text: text.join('…') })
    }
    ts.forEachChild(node, collect)
  }
  const visit = (node: ts.Node): void => {
    const isNamed =
      (ts.isPropertyAssignment(node) ||
        ts.isVariableDeclaration(node) ||
        ts.isFunctionDeclaration(node)) &&
      node.name !== undefined &&
      /remed/i.test(node.name.getText())
    if (isNamed) collect(node)
    else ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const sources = globSync(['src/**/*.ts', 'packages/*/src/**/*.ts'], {
  cwd: root,
  exclude: [
    '**/*.test.ts',
    '**/*.test-d.ts',
    '**/contract/**',
    'src/testing/**',
    'src/docker/test-image.ts',
  ],
})

const remedies = sources.flatMap(remediesIn).filter(({ text }) => text.includes(' '))

// The page of errors repeats the remedies.
const reference = globSync('docs/reference/*.md', {
  cwd: root,
  exclude: ['**/errors.md'],
}).map((path) => readFileSync(join(root, path), 'utf8'))

/** Every word of the reference that stands as code. */
const documented = new Set(
  reference.flatMap((page) =>
    [...page.matchAll(/```[a-z]*\n[\s\S]*?```|`[^`\n]+`/g)].flatMap(([code]) =>
      [...code.matchAll(/[A-Za-z_$][\w$]*/g)].map(([word]) => word),
    ),
  ),
)

const commands = readFileSync(join(root, 'docs/reference/commands.md'), 'utf8')

/** The help of a command of `mesocosm`; `undefined` if there is none. */
const helpOf = (command: string): string | undefined =>
  commands.split(/^## /m).find((section) => section.startsWith(`\`mesocosm ${command}\``))

/** What is not of Mesocosm: hooks and settings of the runner. */
const foreign = new Set(['beforeEach', 'testRunner', '--ui'])

/** Names that a text mentions as something to set or to call. */
const namesIn = (text: string): string[] => {
  const own = text.replaceAll(/`(docker|npm|node|chmod|journalctl) [^`]*`|npm install [^ ]*/g, '')
  const options = [...own.matchAll(/(?<![\w.-])[a-z]+(?:[A-Z][a-z0-9]*)+\b/g)].map(([name]) => name)
  const calls = [...own.matchAll(/([A-Za-z]\w*)\(/g)].map(([, name = '']) => name)
  const members = [...own.matchAll(/\b(?:lane|logs)\.([a-z]\w*)/g)].map(([, name = '']) => name)
  const quoted = [...own.matchAll(/`([A-Za-z]\w*)`/g)].map(([, name = '']) => name)
  return [...new Set([...options, ...calls, ...members, ...quoted])].filter(
    (name) => !foreign.has(name),
  )
}

test('remedies are found in the sources', () => {
  expect(remedies.length).toBeGreaterThan(120)
  expect(remedies.filter(({ text }) => namesIn(text).length > 0).length).toBeGreaterThan(40)
})

test('every option, method and function that a remedy names is in the reference', () => {
  const wrong = remedies.flatMap(({ file, text }) =>
    namesIn(text)
      .filter((name) => !documented.has(name))
      .map((name) => `${file}: ${name} in "${text}"`),
  )
  expect(wrong).toEqual([])
})

test('every command that a remedy names exists, with its flags', () => {
  const wrong = remedies.flatMap(({ file, text }) =>
    [...text.matchAll(/`mesocosm ([a-z]+)([^`]*)`/g)].flatMap(([line, command = '', rest = '']) => {
      const help = helpOf(command)
      if (help === undefined) return [`${file}: there is no \`mesocosm ${command}\``]
      return [...rest.matchAll(/--[a-z][a-z-]*/g)]
        .filter(([flag]) => !help.includes(flag))
        .map(([flag]) => `${file}: ${line} has no ${flag}`)
    }),
  )
  expect(wrong).toEqual([])
})

test('every flag that a remedy names is one of some command', () => {
  const wrong = remedies.flatMap(({ file, text }) =>
    [...text.replaceAll(/`[^`]*`|npm install [^ ]*/g, '').matchAll(/(?<![\w-])--[a-z][a-z-]*/g)]
      .filter(([flag]) => !commands.includes(flag) && !foreign.has(flag))
      .map(([flag]) => `${file}: ${flag} in "${text}"`),
  )
  expect(wrong).toEqual([])
})
