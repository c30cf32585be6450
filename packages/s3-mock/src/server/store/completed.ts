/** A completed upload. */
export interface CompletedUpload {
  readonly key: string
  readonly etag: string
  /** Parts that the request named. */
  readonly parts: string
}

/** The last completed uploads of a bucket: a client that got no answer asks again. */
export interface Completed {
  get(uploadId: string): CompletedUpload | undefined
  add(uploadId: string, upload: CompletedUpload): void
}

const most = 1000

export const createCompleted = (): Completed => {
  const uploads = new Map<string, CompletedUpload>()
  return {
    get: (uploadId) => uploads.get(uploadId),
    add(uploadId, upload) {
      uploads.set(uploadId, upload)
      const [oldest] = uploads.keys()
      if (uploads.size > most && oldest !== undefined) uploads.delete(oldest)
    },
  }
}
