import { S3Error } from '../s3-error.ts'

/** Returns the number of a part. @throws {S3Error} `InvalidArgument`. */
export const checkPartNumber = (text: string): number => {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > 10_000)
    throw new S3Error('InvalidArgument', {
      message: 'Part number must be an integer between 1 and 10000, inclusive',
      details: { ArgumentName: 'partNumber', ArgumentValue: text },
    })
  return number
}
