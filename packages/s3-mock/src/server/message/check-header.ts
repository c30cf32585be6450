import { validateHeaderName, validateHeaderValue } from 'node:http'
import { S3Error } from '../s3-error.ts'

/**
 * Checks a header that a later response will have, because Node refuses to write a malformed one.
 *
 * @throws {S3Error} `InvalidArgument`.
 */
export const checkHeader = (name: string, value: string): void => {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
  } catch (cause) {
    throw new S3Error('InvalidArgument', {
      message: 'The value cannot be sent as a header.',
      details: { ArgumentName: name, ArgumentValue: value },
      cause,
    })
  }
}
