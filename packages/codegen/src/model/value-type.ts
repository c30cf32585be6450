/** What a text stands for: the type of an environment variable, of an argument or of an option's value. */
export type ValueType =
  | { readonly kind: 'string' | 'number' | 'boolean' }
  | {
      readonly kind: 'enum'
      /** In the order of the source. */
      readonly values: readonly string[]
    }
