import type { Remark } from '../note.ts'
import type { Entry } from '../print/code.ts'
import type { Draft, Port } from '../service/draft.ts'
import type { Text } from '../text/interpolation.ts'

/** A plugin in place of an image that it knows. */
export interface Choice {
  readonly package: string
  readonly callee: string
  /** Options it is called with. */
  readonly options: readonly Entry[]
  /** The plugin's own, the first first. */
  readonly ports: readonly Port[]
  readonly remarks: readonly Remark[]
  /** Which URLs are the output `url`, and how the others are made; absent for servers without one. */
  readonly url?: (url: Url) => readonly UrlPart[] | undefined
  /** Outputs that stand for a variable's value, by what the key says. */
  readonly values?: readonly KeyedValue[]
  /** Outputs of which a service must take one: what it knows otherwise exists once and not in every lane. */
  readonly needed: readonly string[]
}

export interface KeyedValue {
  readonly key: RegExp
  readonly value: Text
  readonly output: string
}

/** A URL in a value; pieces without variables are as they were written. */
export interface Url {
  readonly scheme: string
  readonly user: Text | undefined
  readonly password: Text | undefined
  /** With its slash; `[]` for none. */
  readonly path: Text
}

export type UrlPart = { readonly text: Text } | { readonly output: string }

/** A choice, or why there is none though a plugin comes close. */
export type Recognised = { readonly choice: Choice } | { readonly hint: Remark } | undefined

export type Recognise = (draft: Draft) => Recognised

export const hint = (packageName: string, what: string, obstacle: string): Recognised => ({
  hint: { key: 'image', text: `${packageName} ${what}; not used here, because ${obstacle}.` },
})
