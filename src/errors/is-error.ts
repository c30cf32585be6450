/**
 * Whether a value is an error, whatever realm made it. Runners such as Jest run tests in a realm of their own, where
 * `instanceof Error` is false for the errors of Node.
 *
 * @param name name that it must have, such as `TypeError`; default any.
 */
export const isError = (value: unknown, name?: string): value is Error =>
  typeof value === 'object' &&
  value !== null &&
  (value instanceof Error || tags.has(Object.prototype.toString.call(value))) &&
  (name === undefined || (value as Error).name === name)

// ---

const tags = new Set(['[object Error]', '[object DOMException]'])
