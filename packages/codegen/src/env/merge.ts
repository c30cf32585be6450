import type { EnvKey, EnvUse } from '../model/env-key.ts'
import type { ValueType } from '../model/value-type.ts'
import { isWorthNaming } from './names.ts'
import type { Trouble } from './reading.ts'

/** Precedence for types and docs. */
const order = ['schema', 'example', 'use', 'dockerfile'] as const

/**
 * Merges the evidence of all files for each variable. A variable is required if a schema requires it and no file has a
 * default. If schemas disagree about a type, it is widened (enums are joined, anything else is a string), with a warning.
 */
export const merge = (
  uses: readonly EnvUse[],
): { readonly env: readonly EnvKey[]; readonly troubles: readonly Trouble[] } => {
  const byName = Map.groupBy(uses, ({ name }) => name)
  const names = [...byName.keys()].sort()
  const env: EnvKey[] = []
  const troubles: Trouble[] = []
  for (const name of names) {
    const all = byName.get(name) ?? []
    const onlyOfImage = all.every(({ origin }) => origin === 'dockerfile')
    if (!isWorthNaming(name, onlyOfImage)) continue
    const files = [...new Set(all.map(({ file }) => file))].sort()
    const { type, conflict } = typeOf(all)
    const doc = first(all, ({ doc }) => doc)
    env.push({
      name,
      type,
      required:
        all.some(({ origin, required }) => origin === 'schema' && required === true) &&
        !all.some(({ origin, hasDefault }) => origin !== 'example' && hasDefault === true),
      ...(doc === undefined ? {} : { doc }),
      files,
    })
    if (conflict !== undefined)
      troubles.push({
        file: conflict.file,
        message: `declares another type for ${name} than ${conflict.other}; using ${worded(type)}`,
      })
  }
  return { env, troubles }
}

/** Returns a type that accepts both: enums are joined, other differing types become a string. */
export const widened = (a: ValueType, b: ValueType): ValueType => {
  if (a.kind === 'enum' && b.kind === 'enum')
    return { kind: 'enum', values: [...new Set([...a.values, ...b.values])] }
  return a.kind === b.kind ? a : { kind: 'string' }
}

const typeOf = (
  uses: readonly EnvUse[],
): {
  readonly type: ValueType
  readonly conflict?: { readonly file: string; readonly other: string }
} => {
  for (const origin of order) {
    const typed = uses.filter((use) => use.origin === origin && use.type !== undefined)
    const [one, ...others] = typed
    if (one?.type === undefined) continue
    const type = others.reduce((sum, use) => widened(sum, use.type ?? sum), one.type)
    const odd = others.find((use) => !isSame(use.type ?? type, one.type ?? type))
    return odd === undefined || origin !== 'schema'
      ? { type }
      : { type, conflict: { file: odd.file, other: one.file } }
  }
  return { type: { kind: 'string' } }
}

const isSame = (a: ValueType, b: ValueType): boolean =>
  a.kind === 'enum' && b.kind === 'enum'
    ? a.values.length === b.values.length && a.values.every((value) => b.values.includes(value))
    : a.kind === b.kind

const first = <T>(uses: readonly EnvUse[], pick: (use: EnvUse) => T | undefined): T | undefined => {
  for (const origin of order)
    for (const use of uses) {
      const found = use.origin === origin ? pick(use) : undefined
      if (found !== undefined) return found
    }
  return undefined
}

const worded = (type: ValueType): string =>
  type.kind === 'enum' ? 'the values of both' : type.kind
