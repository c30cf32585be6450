import type { Draft } from '../service/draft.ts'
import type { Recognised } from './choice.ts'
import { imageOf } from './image.ts'

/** Returns a hint for servers that `s3Mock` can replace once buckets and keys are known. */
export const objectStorageHint = (draft: Draft): Recognised => {
  const { name = '' } = imageOf(draft) ?? {}
  if (!/^(minio|s3mock|s3-mock|localstack|fake-s3|s3proxy|localstack-full)$/.test(name))
    return undefined
  return {
    hint: {
      key: 'image',
      text: '@mesocosm/s3-mock is an S3 server that starts faster, with a client for tests; use it if you only need buckets.',
    },
  }
}
