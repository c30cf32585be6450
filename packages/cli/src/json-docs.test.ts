import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')

test('docs/json.md names every command whose output has a type', () => {
  const text = read('json.ts')
  const types = text.slice(0, text.indexOf('export interface JsonError'))
  const commands = [...types.matchAll(/^ {2}readonly (?:'([^']+)'|(\w+)): /gm)].map(
    ([, quoted, plain = '']) => quoted ?? plain,
  )
  const page = read('../../../docs/json.md')
  expect(commands).toContain('trace show <test>')
  expect(commands.filter((command) => !page.includes(`\`${command}`))).toEqual([])
})

test('every command that takes --json is in docs/json.md', async () => {
  const page = read('../../../docs/json.md')
  const names = [...read('run-command-line.ts').matchAll(/^ {2}(\w+): \(\) => import/gm)].map(
    ([, name = '']) => name,
  )
  expect(names).toContain('graph')
  for (const name of names) {
    const { command } = await import(`./commands/${name}.ts`)
    expect(command.options, name).toHaveProperty('json')
    expect(page).toMatch(new RegExp(`\`${name}[\` ]`))
  }
})
