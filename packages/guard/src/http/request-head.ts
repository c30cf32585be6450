/** Methods that some endpoint of the Engine API has. */
export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const

/** One of {@link methods}. */
export type Method = (typeof methods)[number]

/** How the bytes after a head are delimited. */
export type Framing =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }

/** Everything before the body of a request, checked and decoded. */
export interface RequestHead {
  /** Method in upper case. */
  readonly method: Method
  /** Version in the path, such as `1.44`; absent if the path has none. */
  readonly version?: string
  /** Decoded segments of the path after the version; never empty strings, `.` or `..`. */
  readonly path: readonly string[]
  /** Decoded names and values of the query in their order; names may repeat. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** How long the body is; `length` of 0 without one. */
  readonly framing: Framing
  /** Media type of the body in lower case, without parameters; absent if the request names none. */
  readonly contentType?: string
  /** Whether the client asks to continue on a raw stream (`Upgrade: tcp`). */
  readonly upgrade: boolean
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean
}
