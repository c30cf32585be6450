import type { ValueType } from './value-type.ts'

/** What one file says of an environment variable. Values are never part of it: they can be secrets. */
export interface EnvUse {
  readonly name: string
  /** Who says it; when several do, the type of the first in this order counts. */
  readonly origin: 'schema' | 'example' | 'use' | 'dockerfile'
  /** Absent when the file does not tell. */
  readonly type?: ValueType
  /** A schema that fails without it. */
  readonly required?: boolean
  /** There is a value when nobody sets it: a schema's default, an `ENV` of the image. */
  readonly hasDefault?: boolean
  /** Comment beside it, one line. */
  readonly doc?: string
  /** Relative to the service's folder, with `/`. */
  readonly file: string
}

/** What all files together say of an environment variable. */
export interface EnvKey {
  readonly name: string
  readonly type: ValueType
  /** A schema asks for it and nothing gives a default. */
  readonly required: boolean
  readonly doc?: string
  /** Files that name it, relative to the topology's folder, with `/`, sorted by code unit. */
  readonly files: readonly string[]
}
