import type { Received } from '../body/receive.ts'
import type { Description, Segment, StoredObject } from '../store/model.ts'
import { etagText } from './encryption.ts'

/** Returns an object that was uploaded in one piece. */
export const wholeObject = (
  description: Description,
  segment: Segment,
  { md5, checksum }: Pick<Received, 'md5' | 'checksum'>,
): Omit<StoredObject, 'versionId' | 'deleted'> => ({
  ...description,
  segments: [segment],
  size: segment.size,
  etag: `"${etagText(description.encryption, () => md5.toString('hex'))}"`,
  modified: Date.now(),
  checksum,
  parts: undefined,
})
