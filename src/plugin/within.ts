import { withTimeout } from '../call/with-timeout.ts'

/** @deprecated Use {@link withTimeout}. */
export const within = withTimeout
