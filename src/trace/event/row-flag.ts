/** Bits of the flags of a row in a log file. */
export const rowFlag = {
  /** The output ended without a line feed. */
  noLineFeed: 1,
  /** The line is too long: it goes on in the next row of its stream. */
  cut: 2,
  /** The line as it is so far: the next row of its stream replaces this one. */
  partial: 4,
  /** Not output: the text names what is missing here. */
  gap: 8,
} as const
