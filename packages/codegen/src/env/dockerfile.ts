import type { EnvUse } from '../model/env-key.ts'
import type { SourceFile } from '../model/source-file.ts'
import { nothing, type Reading } from './reading.ts'

/**
 * Returns the variables that a Dockerfile sets with `ENV` in the built stage and in the stages it is `FROM`.
 * Variables of the base image are not read, because that needs an engine.
 *
 * @param target name or number of the stage to build; default the last one.
 */
export const readDockerfile = ({ path, text }: SourceFile, target?: string): Reading => {
  const stages = stagesOf(instructionsOf(text))
  const names = new Set<string>()
  for (
    let stage = target === undefined ? stages.at(-1) : find(stages, target);
    stage !== undefined;
    stage = find(stages.slice(0, stage.index), stage.base)
  )
    for (const name of stage.env) names.add(name)
  const uses = [...names].map(
    (name): EnvUse => ({ name, origin: 'dockerfile', hasDefault: true, file: path }),
  )
  return { ...nothing, uses }
}

interface Stage {
  readonly index: number
  readonly name: string
  readonly base: string
  readonly env: string[]
}

interface Instruction {
  readonly word: string
  readonly rest: string
}

const find = (stages: readonly Stage[], name: string): Stage | undefined =>
  stages.findLast((stage) => stage.name === name.toLowerCase()) ??
  (/^\d+$/.test(name) ? stages[Number(name)] : undefined)

const stagesOf = (instructions: readonly Instruction[]): readonly Stage[] => {
  const stages: Stage[] = []
  for (const { word, rest } of instructions) {
    if (word === 'FROM') {
      const from = /^(?:--\S+\s+)*(?<base>\S+)(?:\s+as\s+(?<name>\S+))?/i.exec(rest)?.groups
      stages.push({
        index: stages.length,
        name: (from?.name ?? '').toLowerCase(),
        base: from?.base ?? '',
        env: [],
      })
    } else if (word === 'ENV') stages.at(-1)?.env.push(...namesOf(rest))
  }
  return stages
}

/** `ENV a=b c="d e"`, and the legacy `ENV a b c`, whose value is the rest of the line. */
const namesOf = (rest: string): readonly string[] =>
  /^[^\s=]+\s*=/.test(rest)
    ? [...rest.matchAll(/([^\s="']+)=(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])*/gs)].map(
        ([, name = '']) => name,
      )
    : [rest.split(/\s+/)[0] ?? '']

/** Logical lines: joins continued lines, drops comments and the bodies of heredocs. */
const instructionsOf = (text: string): readonly Instruction[] => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const mark = escapeOf(lines)
  const found: Instruction[] = []
  for (let at = 0; at < lines.length; at++) {
    let logical = ''
    for (; at < lines.length; at++) {
      const line = lines[at] ?? ''
      // Comments and empty lines are allowed inside a continued line.
      if (/^\s*#/.test(line) || (logical !== '' && line.trim() === '')) continue
      const goesOn = line.trimEnd().endsWith(mark)
      logical += goesOn ? `${line.trimEnd().slice(0, -1)} ` : line
      if (!goesOn) break
    }
    const parts = /^\s*(?<word>[A-Za-z]+)\s+(?<rest>.*)$/s.exec(logical)?.groups
    if (parts === undefined) continue
    const word = (parts.word ?? '').toUpperCase()
    found.push({ word, rest: parts.rest ?? '' })
    if (word === 'RUN' || word === 'COPY' || word === 'ADD')
      at = endOfHeredocs(lines, at, parts.rest ?? '')
  }
  return found
}

/** Docker reads directives only at the top of the file. */
const escapeOf = (lines: readonly string[]): string => {
  for (const line of lines) {
    const directive = /^\s*#\s*(?<name>\w+)\s*=\s*(?<value>\S+)/.exec(line)?.groups
    if (directive === undefined) break
    if (directive.name?.toLowerCase() === 'escape') return directive.value ?? '\\'
  }
  return '\\'
}

const endOfHeredocs = (lines: readonly string[], start: number, rest: string): number => {
  let at = start
  for (const [, , word] of rest.matchAll(/<<-?(["']?)([A-Za-z_]\w*)\1/g)) {
    const end = lines.findIndex((line, index) => index > at && line.trim() === word)
    if (end > 0) at = end
  }
  return at
}
