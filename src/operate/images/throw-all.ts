/** Throws what failed: one error as it is, several as one `AggregateError`; a no-op for none. */
export const throwAll = (failures: readonly unknown[]): void => {
  if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('\n'))
  if (failures.length === 1) throw failures[0]
}
