import type { Scalar, SecretPart } from '../model/template.ts'

/**
 * What an environment variable is made of: one part, or an array of parts that are joined without a separator.
 * `R` is the names of the known outputs.
 */
export type EnvValue<R extends string = string> =
  | Scalar
  | Ref<R>
  | SecretPart
  | readonly (Scalar | Ref<R> | SecretPart)[]

/** A reference to an output of a service, such as `db.url`, resolved when the topology starts. */
export interface Ref<R extends string = string> {
  // The shape of `RefPart` without its optional `wait`, which would make type errors three lines longer.
  /** `<service>.<output>` */
  readonly ref: R
}

/** Options of {@link ref}. */
export interface RefOptions {
  /**
   * `false`: use the value without starting after that service, so that two services can refer to each other.
   * Default `true`.
   */
  readonly wait?: boolean
}

/**
 * Returns a reference to another service's output as seen inside the lane's network.
 * Every service offers `host`, `port` (of its first port) and `<port>.host | .port | .url`; plugins offer more.
 *
 * @param output `<service>.<output>`. An unknown name is a compile error, and `TOPOLOGY_INVALID` at run time.
 * @example env: { DATABASE_URL: ref('db.url'), SMTP_URL: ['smtp://', ref('mail.smtp.host'), ':', ref('mail.smtp.port')] }
 */
export const ref = <const R extends string>(output: R, options?: RefOptions): Ref<R> => ({
  ref: output,
  ...options,
})

/**
 * Marks a value as secret: services get it as it is; traces, logs, plans, errors and `mesocosm ps` show `•••`, also for
 * its forms in JSON, URLs, forms and base64. A value of one or two characters is not looked for in text, because
 * hiding it would hide half of every line; one of three is not looked for in base64.
 *
 * @example env: { TOKEN: secret(process.env.TOKEN ?? 'dummy') }
 */
export const secret = (value: string): SecretPart => ({ secret: value })
