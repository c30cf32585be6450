/** A value that an environment variable can hold; numbers and booleans are written as text. */
export type Scalar = string | number | boolean

/**
 * A value known only when the topology is laid out: `<service>.<output>`.
 * Inside a service's own outputs and tasks, `self.<output>` and `lane.name` are known too.
 */
export interface RefPart {
  readonly ref: string
  /** `false`: take the value, but do not start after that service. Default `true`. */
  readonly wait?: boolean
}

/** A value that is replaced by `•••` wherever it would be written to a record or a log. */
export interface SecretPart {
  readonly secret: string
}

export type TemplatePart = Scalar | RefPart | SecretPart

/** One part, or several that are joined without a separator. */
export type Template = TemplatePart | readonly TemplatePart[]

/** Whether a part of a template is a reference. */
export const isRefPart = (part: unknown): part is RefPart =>
  typeof part === 'object' && part !== null && 'ref' in part

/** Whether a part of a template is a secret. */
export const isSecretPart = (part: unknown): part is SecretPart =>
  typeof part === 'object' && part !== null && 'secret' in part
