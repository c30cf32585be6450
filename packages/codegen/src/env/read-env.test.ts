import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { EnvKey } from '../model/env-key.ts'
import type { GenerateWarning } from '../model/findings.ts'
import { readEnv } from './read-env.ts'

const cases = join(import.meta.dirname, '../../test/env')
const scratch = mkdtempSync(join(tmpdir(), 'mesocosm-env-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** Each case is a Markdown page: fenced blocks with a path are files; the findings are in the .txt of the same name. */
test.for(readdirSync(cases).filter((name) => name.endsWith('.md')))(
  'readEnv finds the expected variables in %s',
  async (page) => {
    const name = page.replace(/\.md$/, '')
    const root = join(scratch, name)
    const options = unpack(readFileSync(join(cases, page), 'utf8'), root)
    const { env, warnings } = await readEnv({
      service: 'api',
      root: scratch,
      folders: [root],
      dockerfile: join(root, 'Dockerfile'),
      ...options,
    })
    const found = [...env.map(keyLine), ...warnings.map(warningLine), ''].join('\n')
    await expect(found.replaceAll(`${name}/`, '')).toMatchFileSnapshot(join(cases, `${name}.txt`))
    // Every value and default in the pages contains one of these.
    expect(found).not.toMatch(/s3cr3t|48151/)
  },
)

const unpack = (page: string, root: string): { readonly target?: string } => {
  for (const [, path = '', text = ''] of page.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const target = /^target: (\w+)$/m.exec(page)?.[1]
  return target === undefined ? {} : { target }
}

const keyLine = ({ name, type, required, doc, files }: EnvKey): string =>
  [
    `${name}${required ? '' : '?'}: ${type.kind === 'enum' ? type.values.join(' | ') : type.kind}`,
    `(${files.join(', ')})`,
    ...(doc === undefined ? [] : [`-- ${doc}`]),
  ].join(' ')

const warningLine = ({ file, message, suggestions }: GenerateWarning): string =>
  [`! ${file} ${message}`, ...(suggestions ? [`: ${suggestions.join(', ')}`] : [])].join('')
