/** Why a request does not reach the engine. */
export interface Refusal {
  /** Status of the answer: 400 malformed, 403 not allowed, 404 not of this session, 409 in use, 413 and 431 too long. */
  readonly status: 400 | 403 | 404 | 409 | 413 | 417 | 431 | 505
  /** One line, lower case: what is refused, and what would be allowed. */
  readonly message: string
}

/** Carries a refusal to the nearest `refusable`; callers of the package never see it. */
export class RefusedError extends Error {
  /** What `refusable` returns. */
  readonly refusal: Refusal

  /** Creates the carrier of a refusal. */
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.name = 'RefusedError'
    this.refusal = refusal
  }
}

/** Ends the nearest `refusable` with a refusal. */
export const refuse = (status: Refusal['status'], message: string): never => {
  throw new RefusedError({ status, message })
}

/** Returns what `work` returns, or the refusal that ended it; other errors are thrown. */
export const refusable = <T>(work: () => T): T | { readonly refuse: Refusal } => {
  try {
    return work()
  } catch (error) {
    if (error instanceof RefusedError) return { refuse: error.refusal }
    throw error
  }
}

/** Returns the body of an answer in the engine's own form, UTF-8. */
export const refusalBody = ({ message }: Refusal): string => `${JSON.stringify({ message })}\n`
