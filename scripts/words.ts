// Words that comments, messages, docs and test names avoid, and what to write instead.
// `node scripts/words.ts [folder]` prints where a checkout has them, and how often; default this one.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.ts'

/** One use of a word that should not be used. */
export interface Use {
  readonly file: string
  readonly line: number
  /** As it is written there. */
  readonly word: string
  readonly instead: string
}

/** Each with what to write instead. They match in any case, also across the line breaks of a comment. */
const words: readonly (readonly [pattern: string, instead: string])[] = [
  ['anew|once more', 'again'],
  ['shall', 'must or should'],
  ['befalls?|befell', 'happens to'],
  ['whoever|somebody|nobody', 'the caller, another process, the user'],
  ['(?<!there )is no(?! longer)', 'is not a'],
  ['(?:is|are|was|were) not there', 'is missing'],
  ['(?:is|are|was|were|been|be) told|tells', 'returns, prints, reports'],
  ['call(?:s|ed) off', 'aborted'],
  ['holders?', 'sandbox container, owner'],
  ['beside', 'next to, as well as'],
  ['stands? (?:in|on|at|under|there|beside)', 'is in'],
  ['(?:lie|lies|lay) (?:in|on|at|under|there|beside|below)', 'is in'],
  ['(?:make|makes|made) present', 'pulled or built'],
  ['whole numbers?', 'integer'],
  ['be a text|a text or|lists? of texts', 'a string'],
  ['causes? nothing', 'is a no-op'],
  ['(?:takes?|took) \\S+ (?:\\S+ )?away', 'unsets, removes'],
]

const files = [
  '{src,test,scripts,bench,packages/*/{src,test,scripts},examples/*}/**/*.{ts,tsx,cjs,mjs}',
  '*.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'examples/**/*.md',
]

const ignored = [
  '**/node_modules/**',
  '**/dist/**',
  '**/golden/**',
  '**/*.gen.ts',
  'scripts/words*.ts',
  // They read and contain records of version 1, whose words are what they are.
  'src/trace/read/{parse-step,parse-step.test,read-events.test}.ts',
  // Its content is the version of the base image.
  'scripts/images/base.ts',
]

/** Returns every use of a word to avoid in the sources and docs of a checkout. */
export const findWords = (folder: string): readonly Use[] =>
  globSync(files, { cwd: folder, exclude: ignored })
    .sort()
    .flatMap((file) => wordsIn(readFileSync(join(folder, file), 'utf8'), file))

/** Returns every use of a word to avoid in a text. */
export const wordsIn = (text: string, file: string): readonly Use[] =>
  patterns
    .flatMap(({ pattern, instead }) =>
      [...text.matchAll(pattern)].map(({ 0: word, index }) => ({
        file,
        line: text.slice(0, index).split('\n').length,
        word: word.replaceAll(/\s[\s*/]*/g, ' '),
        instead,
      })),
    )
    .sort((a, b) => a.line - b.line)

// ---

const gap = '(?:\\s[\\s*/]*)'

const patterns = words.map(([words, instead]) => ({
  pattern: new RegExp(`(?<![\\w./'])(?:${words.replaceAll(' ', gap)})(?!\\w)`, 'gi'),
  instead,
}))

if (import.meta.main) {
  const uses = findWords(process.argv[2] ?? root)
  for (const { file, line, word, instead } of uses)
    console.log(`${file}:${line}: "${word}"; write ${instead}`)
  const counts = Map.groupBy(uses, ({ instead }) => instead)
  for (const [instead, { length }] of counts) console.log(`${length} × ${instead}`)
  console.log(`words: ${uses.length} to replace`)
  process.exitCode = uses.length === 0 ? 0 : 1
}
