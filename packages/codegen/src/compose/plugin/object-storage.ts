import type { Draft } from '../service/draft.ts'
import type { Recognised } from './choice.ts'
import { imageOf } from './image.ts'

/** Servers that `s3Mock` can stand for, though not without a look at buckets and keys. */
export const objectStorageHint = (draft: Draft): Recognised => {
  const { name = '' } = imageOf(draft) ?? {}
  if (!/^(minio|s3mock|s3-mock|localstack|fake-s3|s3proxy|localstack-full)$/.test(name))
    return undefined
  return {
    hint: {
      key: 'image',
      text: '@mesocosm/s3-mock has an S3 server that starts at once, with a client for tests; choose it for your buckets.',
    },
  }
}
