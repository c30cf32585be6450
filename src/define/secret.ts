import type { SecretPart } from '../model/template.ts'

/**
 * A value that services get as it is, and that is written as `•••` in traces, logs, plans and errors.
 *
 * @example env: { TOKEN: secret(process.env.TOKEN ?? 'dummy') }
 */
export const secret = (value: string): SecretPart => ({ secret: value })
