import type { Derived } from '../derived.ts'
import type { Remark } from '../note.ts'
import { type Code, object, quoted, string } from './code.ts'
import { comment, print } from './print.ts'
import type { Scope } from './scope.ts'

/** A service, ready to print. */
export interface PrintedService {
  readonly name: string
  readonly code: Code
  readonly remarks: readonly Remark[]
}

/** Returns the text of the topology file. */
export const topologyText = (
  topology: {
    readonly name: string
    /** Comment paragraphs at the top of the file. */
    readonly head: readonly string[]
    readonly services: readonly PrintedService[]
    readonly derived: readonly Derived[]
  },
  scope: Scope,
): string => {
  const services = object(
    topology.services.map(({ name, code, remarks }) => ({
      key: name,
      value: code,
      comments: remarkLines(remarks),
    })),
    topology.services.length > 0,
  )
  const definition = object(
    [
      { key: 'name', value: string(topology.name) },
      { key: 'services', value: services },
    ],
    true,
  )
  return [
    topology.head.map((paragraph) => comment(paragraph, 0)).join(''),
    importLines(scope),
    ...helperTexts(scope).map((text) => `\n${text}`),
    `\nexport const topology = defineTopology(${print(definition)})\n`,
    ...topology.derived.map(derivedText),
  ].join('')
}

// ---

/** One line per reason, with all keys it applies to. */
const remarkLines = (remarks: readonly Remark[]): string[] => {
  const byText = new Map<string, string[]>()
  for (const { key, text } of remarks) byText.set(text, [...(byText.get(text) ?? []), key])
  return [...byText].map(([text, keys]) => `${[...new Set(keys)].join(', ')}: ${text}`)
}

const importLines = ({ core, helpers, plugins }: Scope): string => {
  const fs = [
    ...(helpers.has('optionalEnvFile') ? ['existsSync'] : []),
    ...(helpers.has('envFile') ? ['readFileSync'] : []),
  ]
  const lines = [
    ...(fs.length === 0 ? [] : [named(fs, 'node:fs')]),
    ...(helpers.has('home') ? [named(['homedir'], 'node:os')] : []),
    ...(helpers.has('envFile') ? [named(['parseEnv'], 'node:util')] : []),
    ...[...plugins].sort(byCodeUnit).map(([packageName, callee]) => named([callee], packageName)),
    named([...core].sort(), 'mesocosm'),
  ]
  return `${lines.join('\n')}\n`
}

const named = (names: readonly string[], from: string) =>
  `import { ${names.join(', ')} } from '${from}'`

const byCodeUnit = ([one]: readonly [string, string], [other]: readonly [string, string]) =>
  one < other ? -1 : 1

const helperTexts = ({ helpers, variables }: Scope): string[] => [
  ...(helpers.has('envFile')
    ? [
        '/** Reads the variables of an env file, so that its values stay out of this file. */\n' +
          "const envFile = (path: string) => parseEnv(readFileSync(new URL(path, import.meta.url), 'utf8'))\n",
      ]
    : []),
  ...(helpers.has('optionalEnvFile')
    ? [
        'const optionalEnvFile = (path: string): ReturnType<typeof envFile> =>\n' +
          '  existsSync(new URL(path, import.meta.url)) ? envFile(path) : {}\n',
      ]
    : []),
  ...(!helpers.has('variables')
    ? []
    : [
        '/** The environment, with defaults from `.env`, as in Compose. */\n' +
          `const ${variables} = { ...optionalEnvFile('./.env'), ...process.env }\n`,
      ]),
  ...(helpers.has('required')
    ? [
        [
          '/** Returns a variable that must be set and not empty. */',
          "const required = (name: string, message = 'is not set'): string => {",
          `  const value = ${variables}[name]`,
          `  if (!value) throw new Error(\`\${name}: \${message}\`)`,
          '  return value',
          '}',
          '',
        ].join('\n'),
      ]
    : []),
]

const derivedText = ({ name, profile, removed }: Derived): string => {
  const names = [...removed].map(quoted)
  const line = `export const ${name} = topology.without(${names.join(', ')})`
  const code =
    line.length <= 100
      ? line
      : `export const ${name} = topology.without(\n${names.map((one) => `  ${one},\n`).join('')})`
  const what =
    profile === undefined
      ? 'Without the services of any profile.'
      : `Without the services of profile ${quoted(profile)}.`
  return `\n/** ${what} */\n${code}\n`
}
