import type { Readable } from 'node:stream'
import { S3Error } from '../s3-error.ts'
import type { Sink } from '../store/blobs.ts'

/**
 * Passes a stream to `take` piece by piece, and waits when it wants to. Costs less than `for await`, and leaves the
 * stream open when `take` throws.
 */
export const eachPiece = (source: Readable, take: Sink): Promise<void> =>
  new Promise((resolve, reject) => {
    let taking: Promise<void> | undefined
    const stop = () => {
      source.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose)
    }
    const fail = (error: unknown) => {
      stop()
      reject(error)
    }
    const onData = (bytes: Buffer) => {
      try {
        const taken = take(bytes)
        if (taken === undefined) return
        source.pause()
        taking = taken.then(() => {
          taking = undefined
          source.resume()
        }, fail)
      } catch (error) {
        fail(error)
      }
    }
    // A stream ends right after its last piece, even if it is paused.
    const onEnd = () => {
      stop()
      if (taking === undefined) resolve()
      else void taking.then(resolve)
    }
    const onClose = () => fail(new S3Error('IncompleteBody'))
    if (source.readableEnded) return void resolve()
    if (source.destroyed) return void onClose()
    source.on('end', onEnd).on('error', fail).on('close', onClose).on('data', onData)
  })
