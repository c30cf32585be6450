import type { EnvKey } from '../model/env-key.ts'
import type { ServiceFindings, TopologyFindings } from '../model/findings.ts'
import { commandLines } from './command.ts'
import { docLines, fromFiles } from './doc.ts'
import { headerOf } from './header.ts'
import { byCodeUnit, keyOf, quoted } from './quote.ts'
import { envType } from './value-type.ts'

/**
 * Renders the generated file: types only, the same text for the same findings on every machine.
 *
 * @param command the command that regenerates the file, for the header; without machine-dependent parts.
 */
export const render = (findings: TopologyFindings, command: string): string => {
  const { topology, module } = findings
  const services = findings.services
    .filter(
      ({ env, commands, client }) =>
        env.length > 0 || commands.length > 0 || (client?.members.length ?? 0) > 0,
    )
    .toSorted((a, b) => byCodeUnit(a.service, b.service))
  const types = block(keyOf(topology), services.flatMap(serviceLines)).map(indented(2))
  const used = ['CommandOptions', 'ExecResult', 'SecretPart'].filter((name) =>
    types.some((line) => new RegExp(`\\b${name}\\b`).test(line)),
  )
  const declarations = services.flatMap(({ client }) => client?.declarations ?? [])
  const body = [
    // Also turns the file into a module: in a script, `declare module` would replace the package's types.
    used.length > 0 ? `import type { ${used.join(', ')} } from ${quoted(module)}` : 'export {}',
    '',
    ...(declarations.length === 0 ? [] : [...declarations, '']),
    `declare module ${quoted(module)} {`,
    '  interface Register {',
    ...types,
    '  }',
    '}',
    '',
  ].join('\n')
  return headerOf(command, body) + body
}

// ---

/** Columns of a line, and the indentation inside topology, service and part. */
const width = 100
const depth = 10

const serviceLines = ({ service, env, commands, client }: ServiceFindings): string[] =>
  block(keyOf(service), [
    ...(env.length === 0 ? [] : block('env', sorted(env).flatMap(envLines))),
    ...(commands.length === 0
      ? []
      : block(
          'exec',
          sorted(commands).flatMap((command) => commandLines(command, width - depth)),
        )),
    ...(client === undefined ? [] : block('client', client.members)),
  ])

const envLines = ({ name, type, required, doc, files }: EnvKey): string[] => [
  ...docLines([sentence(doc), [required ? 'Required.' : '', fromFiles(files)].join(' ')]),
  // Optional even if required: a required key would need a mapped type in `withEnv`, whose keys have no docs in editors.
  `${keyOf(name)}?: ${envType(type)} | undefined`,
]

const block = (key: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [`${key}: {}`] : [`${key}: {`, ...lines.map(indented(1)), '}']

const indented =
  (steps: number) =>
  (line: string): string =>
    line === '' ? line : '  '.repeat(steps) + line

const sorted = <T extends { readonly name: string }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => byCodeUnit(a.name, b.name))

const sentence = (text: string | undefined): string | undefined =>
  text === undefined || text === '' || /[.!?:]$/.test(text.trim()) ? text : `${text.trim()}.`
