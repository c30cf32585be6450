import { posix } from 'node:path'
import { flagsOf, type Instruction, instructionsOf } from './dockerfile.ts'

/**
 * Folder that a build's files are sent in when the Dockerfile must not be among them: builders take only one tree, and
 * BuildKit applies no ignore rules to one that is sent as a tar.
 */
export const contextFolder = 'mesocosm-context'

/** Returns output of a builder as if the files were not in {@link contextFolder}. */
export const withoutContextFolder = (text: string): string =>
  text.replaceAll(`${contextFolder}/`, '')

/**
 * Returns a Dockerfile whose `COPY`, `ADD` and `RUN --mount` take files of the context from {@link contextFolder};
 * lines keep their numbers. `undefined` when a source is not known before the build: `ADD $SOURCE`, or patterns that
 * `--exclude` and `--parents` match against the whole path.
 */
export const movedRecipe = (recipe: string): string | undefined => {
  const lines = recipe.split(/\r?\n/)
  for (const instruction of instructionsOf(recipe)) {
    const { line, lastLine } = instruction
    const text = lines.slice(line - 1, lastLine).join('\n')
    const moved = movedInstruction(instruction, text)
    if (moved === undefined) return undefined
    if (moved === text) continue
    const parts = moved.split('\n')
    const empty = Array.from({ length: lastLine - line + 1 - parts.length }, () => '')
    // A here-document begins in the line after.
    lines.splice(line - 1, lastLine - line + 1, ...empty, ...parts)
  }
  return lines.join('\n')
}

// ---

const movedInstruction = (instruction: Instruction, text: string): string | undefined => {
  const { name, rest } = instruction
  if (name === 'RUN') return movedMounts(rest, text)
  if (name !== 'COPY' && name !== 'ADD') return text
  const flags = flagsOf(rest)
  if (flags.some((flag) => flag.startsWith('--from='))) return text
  if (flags.some((flag) => /^--(exclude|parents)\b/.test(flag))) return undefined
  const [, given = '', operands = ''] = /^((?:--\S+\s+)*)(.*)$/s.exec(rest) ?? []
  const paths = listOf(operands) ?? operands.trim().split(/\s+/)
  const sources = paths.slice(0, -1).map((path) => movedSource(name, path))
  if (sources.includes(undefined)) return undefined
  const all = [...sources, ...paths.slice(-1)]
  const written = operands.startsWith('[') && listOf(operands) ? JSON.stringify(all) : all.join(' ')
  return `${name} ${given}${written}`
}

/** Operands as JSON; `undefined` when they are words. */
const listOf = (operands: string): readonly string[] | undefined => {
  if (!operands.startsWith('[')) return undefined
  try {
    return JSON.parse(operands) as readonly string[]
  } catch {
    return undefined
  }
}

const movedSource = (name: string, path: string): string | undefined => {
  if (path.startsWith('<<')) return path
  if (name === 'ADD') {
    if (path.startsWith('$')) return undefined
    if (/^(\w+:\/\/|git@)/.test(path)) return path
  }
  return moved(path)
}

const moved = (path: string): string => {
  const inner = posix.join('/', path)
  return `${contextFolder}${inner === '/' ? '/.' : inner}`
}

/** Bind mounts without `from` are of the context. */
const movedMounts = (rest: string, text: string): string | undefined => {
  let all = text
  for (const flag of flagsOf(rest)) {
    if (!flag.startsWith('--mount=')) continue
    const options = flag.slice('--mount='.length).split(',')
    const value = (...names: readonly string[]) =>
      options
        .map((option) => /^(\w+)=(.*)$/.exec(option))
        .find((match) => names.includes(match?.[1] ?? ''))?.[2]
    if ((value('type') ?? 'bind') !== 'bind' || value('from') !== undefined) continue
    if (!all.includes(flag)) return undefined
    const others = options.filter((option) => !/^(source|src)=/.test(option))
    const source = `source=${moved(value('source', 'src') ?? '/')}`
    all = all.replace(flag, () => `--mount=${[...others, source].join(',')}`)
  }
  return all
}
