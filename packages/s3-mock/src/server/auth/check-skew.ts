import { S3Error } from '../s3-error.ts'

const maxSkewMs = 15 * 60_000

/** Checks the time of a signed request. @throws {S3Error} `RequestTimeTooSkewed` if it differs by more than 15 minutes. */
export const checkSkew = (date: string, at: number, now: number): void => {
  if (Math.abs(now - at) > maxSkewMs)
    throw new S3Error('RequestTimeTooSkewed', {
      details: {
        RequestTime: date,
        ServerTime: new Date(now).toISOString(),
        MaxAllowedSkewMilliseconds: maxSkewMs,
      },
    })
}
