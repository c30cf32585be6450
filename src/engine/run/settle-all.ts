/** Waits for all of them, then throws the first failure: nothing goes on in the background. */
export const settleAll = async (work: Iterable<Promise<unknown>>): Promise<void> => {
  for (const result of await Promise.allSettled(work))
    if (result.status === 'rejected') throw result.reason
}
