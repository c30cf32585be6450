import { Duplex } from 'node:stream'
import { type FrameKind, frameKind, mostPayload, numberPayload, windowBytes } from './frame.ts'

/** Sends a frame of one connection. */
export type SendFrame = (kind: FrameKind, payload?: Uint8Array) => void

/**
 * One carried connection: a stream whose directions end separately. Destroying it with an error resets the connection,
 * and so does the other end's reset, with an error of code `ECONNRESET`.
 */
export class RelayConnection extends Duplex {
  readonly #send: SendFrame
  /** How much the other end takes now. */
  #credit = windowBytes
  /** What was passed on here and the other end does not know of yet. */
  #taken = 0
  /** What the other end may still send. */
  #expected = windowBytes
  #waiting: { readonly bytes: Buffer; readonly callback: () => void } | undefined
  #isOver = false
  #endSent = false
  #closed = false

  constructor(send: SendFrame) {
    super({ allowHalfOpen: true, readableHighWaterMark: windowBytes })
    this.#send = send
  }

  /** Takes a frame of the other end; returns why it is malformed. */
  receive(kind: FrameKind, payload: Buffer): string | undefined {
    if (kind === frameKind.data) {
      if (payload.length > this.#expected || this.#isOver) return 'more data than was asked for'
      this.#expected -= payload.length
      if (!this.destroyed) this.push(Buffer.from(payload))
      this.#count(payload.length)
    }
    if (kind === frameKind.window) {
      this.#credit += payload.readUInt32BE(0)
      if (this.#credit > windowBytes) return 'more window than there is'
      this.#pump()
    }
    if (kind === frameKind.end && !this.#isOver) {
      this.#isOver = true
      this.push(null)
    }
    if (kind === frameKind.reset) {
      this.#closed = true
      this.destroy(connectionReset())
    }
    return undefined
  }

  /** Ends it without a word to the other end, which is gone. */
  cut(error: Error): void {
    this.#closed = true
    this.destroy(error)
  }

  override _read(): void {
    this.#grant()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#waiting = { bytes: chunk, callback }
    this.#pump()
  }

  override _final(callback: () => void): void {
    this.#endSent = true
    this.#send(frameKind.end)
    callback()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const isDone = this.#isOver && this.#endSent && error === null
    if (!this.#closed && !isDone) this.#send(frameKind.reset)
    this.#closed = true
    this.#waiting = undefined
    callback(error)
  }

  /** Data that was not read yet counts as not taken, so the other end waits. */
  #count(bytes: number): void {
    this.#taken += bytes
    this.#grant()
  }

  #grant(): void {
    const free = this.#taken - this.readableLength
    if (this.#closed || this.#isOver || free < windowBytes / 4) return
    this.#taken -= free
    this.#expected += free
    this.#send(frameKind.window, numberPayload(free))
  }

  #pump(): void {
    while (this.#waiting !== undefined && this.#credit > 0 && !this.#closed) {
      const { bytes, callback } = this.#waiting
      const part = bytes.subarray(0, Math.min(this.#credit, mostPayload))
      this.#credit -= part.length
      this.#send(frameKind.data, part)
      if (part.length < bytes.length)
        this.#waiting = { bytes: bytes.subarray(part.length), callback }
      else {
        this.#waiting = undefined
        callback()
      }
    }
  }
}

/** Returns the error of a connection that the other end has reset. */
export const connectionReset = (): Error =>
  Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' })
