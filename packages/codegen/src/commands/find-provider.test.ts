import { expect, test } from 'vitest'
import { findProvider } from './find-provider.ts'

const kindOf = (argv: readonly string[], texts: Readonly<Record<string, string>> = {}) =>
  findProvider({ argv }, { has: (path) => Object.hasOwn(texts, path), text: (path) => texts[path] })
    ?.kind

test.for([
  ['symfony', ['php', 'bin/console'], {}],
  ['symfony', ['/app/bin/console'], {}],
  ['laravel', ['php', 'artisan'], {}],
  ['django', ['python', 'manage.py'], {}],
  ['django', ['django-admin'], {}],
  ['oclif', ['./bin/run.js'], { 'oclif.manifest.json': '{}' }],
  ['click', ['python3.13', 'cli.py'], { 'requirements.txt': 'click==8\n' }],
  ['typer', ['python', '-m', 'shop'], { 'pyproject.toml': 'dependencies = [\n  "typer>=0.9",\n]' }],
  ['commander', ['node', 'cli.js'], { 'package.json': '{"dependencies":{"commander":"1"}}' }],
  ['yargs', ['node', 'cli.js'], { 'package.json': '{"dependencies":{"yargs":"1"}}' }],
  ['cobra', ['shop'], { 'go.mod': 'require github.com/spf13/cobra v1.9.0' }],
  [undefined, ['node', 'cli.js'], { 'package.json': '{"dependencies":{}}' }],
  [undefined, ['./console'], {}],
] as const)('the framework %s is detected from argv and files', ([kind, argv, texts]) => {
  expect(kindOf(argv, texts)).toBe(kind)
})

test('the kind in the topology wins over detection', () => {
  const files = { has: () => false, text: () => undefined }
  expect(findProvider({ argv: ['php', 'bin/console'], kind: 'django' }, files)?.kind).toBe('django')
})
