/** A pointer to an output of a service, such as `db.url`; its value is known when the topology is laid out. */
export interface Ref<R extends string = string> {
  // A `RefPart` by shape; without its optional `wait`, a wrong name is told in three lines less.
  readonly ref: R
}

export interface RefOptions {
  /** `false`: take the value, but do not start after that service; this is how two services can point at each other. Default `true`. */
  readonly wait?: boolean
}

/**
 * The value of another service's output as seen inside the lane's network.
 * Every service offers `host`, `port` (of its first port) and `<port>.host | .port | .url`; plugins offer more.
 *
 * @param output `<service>.<output>`. A wrong name is a compile error, and `TOPOLOGY_INVALID` at run time.
 * @example env: { DATABASE_URL: ref('db.url'), SMTP_URL: ['smtp://', ref('mail.smtp.host'), ':', ref('mail.smtp.port')] }
 */
export const ref = <const R extends string>(output: R, options?: RefOptions): Ref<R> => ({
  ref: output,
  ...options,
})
