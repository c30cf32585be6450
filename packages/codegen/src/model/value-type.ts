/** The type that a string is parsed as: of an environment variable, an argument or an option's value. */
export type ValueType =
  | {
      /** A plain value. */
      readonly kind: 'string' | 'number' | 'boolean'
    }
  | {
      readonly kind: 'enum'
      /** Allowed values, in source order. */
      readonly values: readonly string[]
    }
