import type { SourceFile } from '../../model/source-file.ts'
import type { Reading } from '../reading.ts'
import { python } from './lexicons.ts'
import type { Masked } from './mask.ts'
import { envObjectRules, schemeOf } from './python-env.ts'
import { settingsIn } from './python-settings.ts'
import { type Rule, readByRules, unlessAssigned, usedOr } from './rules.ts'

/** Reads `os.environ`, `os.getenv`, python-decouple, django-environ, environs and pydantic's settings. */
export const readPython = (file: SourceFile): Reading =>
  readByRules(
    file,
    python,
    (masked) => [...environRules(masked), ...envObjectRules(masked)],
    (masked) => [...schemeOf(masked), ...settingsIn(masked)],
  )

const orElse = /^\s*\)\s*or\s+["'\d]/

const environRules = (masked: Masked): readonly Rule[] => {
  const environ = ['os\\.environb?', ...aliasesOf('environ', masked)].join('|')
  const getenv = ['os\\.getenv', ...aliasesOf('getenv', masked)].join('|')
  const at = `(?<![\\w.])(?<!\\bdel )(?:${environ})`
  const given = usedOr(new RegExp(`^\\s*,|${orElse.source}`))
  return [
    // Raises if missing, but possibly in a branch that never runs; so it is not required.
    { before: new RegExp(`${at}\\[`, 'g'), details: unlessAssigned('\\]', /^\b$/) },
    { before: new RegExp(`${at}\\.(?:get|pop|setdefault)\\(`, 'g'), details: given },
    { before: new RegExp(`(?<![\\w.])(?:${getenv})\\(`, 'g'), details: given },
    { before: new RegExp(`(?=(?:"\\0+"|'\\0+')\\s+(?:not\\s+)?in\\s+(?:${environ})\\b)`, 'g') },
    // Iterates over all variables, so the names are unknown.
    {
      before: new RegExp(
        `\\bin\\s+(?=(?:${environ})\\b(?!\\.(?:get|pop)|\\[))(?<=\\bfor\\b[^\\n]*)`,
        'g',
      ),
    },
  ]
}

/** Local names of `os.environ`: `from os import environ as env`, `env = os.environ`. */
const aliasesOf = (name: string, { code }: Masked): readonly string[] => [
  ...[...code.matchAll(/^[ \t]*from\s+os\s+import\s+(\([^)]*\)|[^\n]+)/gm)].flatMap(
    ([, list = '']) =>
      [...list.matchAll(new RegExp(`\\b${name}\\b(?:\\s+as\\s+(\\w+))?`, 'g'))].map(
        ([, alias]) => alias ?? name,
      ),
  ),
  ...[...code.matchAll(new RegExp(`^[ \\t]*(\\w+)\\s*=\\s*os\\.${name}[ \\t]*$`, 'gm'))].map(
    ([, alias = '']) => alias,
  ),
]
