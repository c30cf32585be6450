import type { Scalar, SecretPart } from '../model/template.ts'
import type { Ref } from './ref.ts'

/** What an environment variable is made of: one part, or several joined without a separator. `R` are the known outputs. */
export type EnvValue<R extends string = string> =
  | Scalar
  | Ref<R>
  | SecretPart
  | readonly (Scalar | Ref<R> | SecretPart)[]
