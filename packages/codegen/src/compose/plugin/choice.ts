import type { Remark } from '../note.ts'
import type { Entry } from '../print/code.ts'
import type { Draft, Port } from '../service/draft.ts'
import type { Text } from '../text/interpolation.ts'

/** A plugin that replaces an image. */
export interface Choice {
  readonly package: string
  /** Exported function of the package. */
  readonly callee: string
  /** Options of the call. */
  readonly options: readonly Entry[]
  /** Ports of the plugin; the first one is the default. */
  readonly ports: readonly Port[]
  readonly remarks: readonly Remark[]
  /** Returns how a URL is built from the plugin's outputs; absent for servers without a URL. */
  readonly url?: (url: Url) => readonly UrlPart[] | undefined
  /** Outputs that replace a variable's value, by the variable's name. */
  readonly values?: readonly KeyedValue[]
  /** Outputs of which a dependent service must use one; otherwise it would not reach the data of its lane. */
  readonly needed: readonly string[]
}

/** An output that replaces `value` in variables whose name matches `key`. */
export interface KeyedValue {
  readonly key: RegExp
  readonly value: Text
  readonly output: string
}

/** A URL in a value. */
export interface Url {
  readonly scheme: string
  readonly user: Text | undefined
  readonly password: Text | undefined
  /** With the leading slash; `[]` if there is none. */
  readonly path: Text
}

/** Part of a URL: text, or an output of the plugin. */
export type UrlPart = { readonly text: Text } | { readonly output: string }

/** A choice, or a hint why a plugin that almost fits is not used. */
export type Recognised = { readonly choice: Choice } | { readonly hint: Remark } | undefined

/** Returns the plugin for a service; `undefined` if none matches its image. */
export type Recognise = (draft: Draft) => Recognised

/** Returns a hint why a plugin is not used. */
export const hint = (packageName: string, what: string, obstacle: string): Recognised => ({
  hint: { key: 'image', text: `${packageName} ${what}; not used because ${obstacle}.` },
})
