/** Returns the kinds of what keeps this process alive, sorted: sockets, timers, child processes. */
export const activeResources = (): readonly string[] => process.getActiveResourcesInfo().sort()

/** Returns the kinds that `now` has more of than `before`, each as often as it has more. */
export const newResources = (before: readonly string[], now: readonly string[]): string[] => {
  const known = [...before]
  return now.filter((kind) => {
    const at = known.indexOf(kind)
    if (at === -1) return true
    known.splice(at, 1)
    return false
  })
}
