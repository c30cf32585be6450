/** A value that an environment variable can have; numbers and booleans become strings. */
export type Scalar = string | number | boolean

/**
 * A reference to an output of a service, resolved when the topology starts. A service's own outputs and tasks can
 * also refer to `self.<output>` and `lane.name`.
 */
export interface RefPart {
  /** `<service>.<output>` */
  readonly ref: string
  /** `false`: use the value without starting after that service. Default `true`. */
  readonly wait?: boolean
}

/** A secret value, written as `•••` in records, logs, plans and errors. */
export interface SecretPart {
  /** The value. */
  readonly secret: string
}

/** One part of a template. */
export type TemplatePart = Scalar | RefPart | SecretPart

/** A value that may contain references and secrets: one part, or an array of parts that are joined without a separator. */
export type Template = TemplatePart | readonly TemplatePart[]

/** Whether a part of a template is a reference. */
export const isRefPart = (part: unknown): part is RefPart =>
  typeof part === 'object' && part !== null && 'ref' in part

/** Whether a part of a template is a secret. */
export const isSecretPart = (part: unknown): part is SecretPart =>
  typeof part === 'object' && part !== null && 'secret' in part
