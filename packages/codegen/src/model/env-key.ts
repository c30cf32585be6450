import type { ValueType } from './value-type.ts'

/** What one file reveals about an environment variable. Never contains values, because they can be secrets. */
export interface EnvUse {
  /** Name of the variable. */
  readonly name: string
  /** Kind of evidence; if several disagree about the type, the first in this order wins. */
  readonly origin: 'schema' | 'example' | 'use' | 'dockerfile'
  /** Absent if the file does not show it. */
  readonly type?: ValueType
  /** Whether a schema fails without it. */
  readonly required?: boolean
  /** Whether it has a value when unset: a schema's default, an `ENV` of the image. */
  readonly hasDefault?: boolean
  /** The comment next to it, one line. */
  readonly doc?: string
  /** Relative to the service's folder, with `/`. */
  readonly file: string
}

/** What all files together reveal about an environment variable. */
export interface EnvKey {
  /** Name of the variable. */
  readonly name: string
  /** Widened type of all evidence; `string` if none has a type. */
  readonly type: ValueType
  /** Whether a schema requires it and nothing provides a default. */
  readonly required: boolean
  readonly doc?: string
  /** Files that mention it, relative to the topology's folder, with `/`, sorted by code unit. */
  readonly files: readonly string[]
}
