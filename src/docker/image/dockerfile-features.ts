import { posix } from 'node:path'
import { platformArgs } from './base-images.ts'
import { flagsOf, type Instruction, instructionsOf, syntaxOf, wordsOf } from './dockerfile.ts'
import { defaultAgent } from './session/forward-agent.ts'

/** Something in a Dockerfile that not every builder can do. */
export interface Feature {
  /** Number of its line, from 1 on. */
  readonly line: number
  /** As in the file: `RUN --mount`. */
  readonly name: string
}

/**
 * Returns what only BuildKit can do. The classic builder skips some of it without a word: the bodies of
 * here-documents, values of `TARGETARCH`, `--exclude`, `--checksum`.
 *
 * @param args the arguments of the build.
 */
export const buildkitFeatures = (
  dockerfile: string,
  args: Readonly<Record<string, string>> = {},
): readonly Feature[] => {
  const syntax = syntaxOf(dockerfile)
  const first = syntax === undefined ? [] : [{ line: syntax.line, name: '# syntax' }]
  const known = new Set(Object.keys(args))
  return [
    ...first,
    ...instructionsOf(dockerfile).flatMap((instruction) => [
      ...flagFeatures(instruction),
      ...argFeatures(instruction, known),
    ]),
  ]
}

/** A mount of a secret or of the socket of an SSH agent. */
export interface SessionFeature extends Feature {
  readonly type: 'secret' | 'ssh'
  /** By which the build names the secret or agent. */
  readonly id: string
}

/** Returns mounts of secrets and SSH agents, which BuildKit asks the client for. */
export const sessionFeatures = (dockerfile: string): readonly SessionFeature[] =>
  instructionsOf(dockerfile).flatMap(({ name, rest, line }) =>
    name === 'RUN' ? flagsOf(rest).flatMap((flag) => sessionMount(flag, line)) : [],
  )

/** Returns whether a `RUN` mounts files of the build; their name may come from a variable. */
export const mountsFiles = (dockerfile: string): boolean =>
  instructionsOf(dockerfile).some(
    ({ name, rest }) =>
      name === 'RUN' &&
      flagsOf(rest).some(
        (flag) =>
          flag.startsWith('--mount=') &&
          !/[=,](from=|type=(?!bind))/i.test(flag.slice('--mount'.length)),
      ),
  )

// ---

const sessionMount = (flag: string, line: number): readonly SessionFeature[] => {
  if (!flag.startsWith('--mount=')) return []
  const options = new Map(
    flag
      .slice('--mount='.length)
      .split(',')
      .map((option): [string, string] => {
        const [key = '', ...value] = option.split('=')
        return [key.toLowerCase(), value.join('=')]
      }),
  )
  const type = options.get('type')?.toLowerCase()
  if (type !== 'secret' && type !== 'ssh') return []
  const target = options.get('target') ?? options.get('dst') ?? options.get('destination') ?? ''
  const id = options.get('id') ?? (type === 'ssh' ? defaultAgent : posix.basename(target))
  return [{ line, name: `RUN --mount=type=${type}`, type, id }]
}

/** Flags that the classic builder knows. */
const classicFlags: Readonly<Record<string, readonly string[]>> = {
  RUN: [],
  COPY: ['--from', '--chown'],
  ADD: ['--chown'],
}

const flagFeatures = ({ name, rest, line, hereDocument }: Instruction): readonly Feature[] => {
  const known = classicFlags[name]
  if (known === undefined) return []
  const flags = flagsOf(rest)
    .map((flag) => flag.replace(/=.*$/s, ''))
    .filter((flag) => !known.includes(flag))
  return [
    ...flags.map((flag) => ({ line, name: `${name} ${flag}` })),
    ...(hereDocument ? [{ line, name: `${name} <<` }] : []),
  ]
}

const automatic = [...platformArgs('').keys()]

/** `ARG TARGETARCH` without a value, and `FROM --platform=$BUILDPLATFORM`; `known` are those that have a value. */
const argFeatures = ({ name, rest, line }: Instruction, known: Set<string>): readonly Feature[] => {
  if (name === 'ARG') {
    const words = wordsOf(rest).map((word) => ({ name: word.replace(/=.*$/s, ''), word }))
    const valued = words.filter((it) => it.word.includes('='))
    for (const it of valued) known.add(it.name)
    return words
      .filter((it) => automatic.includes(it.name) && !known.has(it.name))
      .map((it) => ({ line, name: `ARG ${it.name}` }))
  }
  if (name !== 'FROM') return []
  return [...rest.matchAll(/\$(?:(\w+)|\{(\w+)\})/g)]
    .map(([, plain, braced]) => plain ?? braced ?? '')
    .filter((one) => automatic.includes(one) && !known.has(one))
    .map((one) => ({ line, name: `FROM $${one}` }))
}
