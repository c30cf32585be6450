import type { SourceFile } from '../../model/source-file.ts'
import type { Reading } from '../reading.ts'
import { ruby } from './lexicons.ts'
import { type Rule, readByRules, unlessAssigned, usedOr } from './rules.ts'

/** Reads `ENV['X']`, `ENV.fetch('X') { … }`, `ENV.key?('X')`. */
export const readRuby = (file: SourceFile): Reading => readByRules(file, ruby, () => rules)

const rules: readonly Rule[] = [
  {
    before: /(?<![\w:.])(?:::)?ENV\[/g,
    details: (rest) =>
      /^\s*\]\s*\|\|=/.test(rest)
        ? { origin: 'use', hasDefault: true }
        : unlessAssigned('\\]', /^\s*\]\s*\|\|\s*["'\d:]/)(rest),
  },
  {
    before: /(?<![\w:.])(?:::)?ENV\.fetch(?:\(|[ \t]+(?=["']))/g,
    details: usedOr(/^\s*,|^\s*\)?\s*(?:\{|do\b)/),
  },
  { before: /(?<![\w:.])(?:::)?ENV\.(?:key|has_key|include|member)\?(?:\(|[ \t]+(?=["']))/g },
]
