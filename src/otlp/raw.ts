import type { OtlpAttributes } from '../trace/event/event.ts'

/** What came from one resource and one library of it. */
export interface Batch<T> {
  /** Attributes of the resource. */
  readonly resource: OtlpAttributes
  /** Name of the library; empty if it has none. */
  readonly scope: string
  readonly items: readonly T[]
}

/** A span as it was sent; nothing of it is checked. Times are milliseconds since 1970, 0 if they were not sent. */
export interface RawSpan {
  readonly trace: string
  readonly id: string
  readonly parent: string
  readonly name: string
  readonly kind: number
  readonly start: number
  readonly end: number
  readonly attributes: OtlpAttributes
  readonly events: readonly RawSpanEvent[]
  readonly links: readonly { readonly trace: string; readonly id: string }[]
  /** 2 is an error. */
  readonly status: number
  readonly message: string
}

/** An event within a span. */
export interface RawSpanEvent {
  readonly time: number
  readonly name: string
  readonly attributes: OtlpAttributes
}

/** A log record as it was sent; nothing of it is checked. */
export interface RawLog {
  readonly time: number
  /** When it was seen by the SDK. */
  readonly observed: number
  /** 1 to 24; 0 if it was not sent. */
  readonly severity: number
  readonly body: unknown
  readonly attributes: OtlpAttributes
  readonly trace: string
  readonly span: string
}

/** Deeper values are left out. */
export const deepestValue = 8

/** What stands for a value that is left out. */
export const leftOut = '…'
