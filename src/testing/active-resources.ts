/** What keeps this process alive now, by kind, sorted: sockets, timers, child processes. */
export const activeResources = (): readonly string[] => process.getActiveResourcesInfo().sort()

/** Those of `now` that were not among `before`, each as often as it is more. */
export const newResources = (before: readonly string[], now: readonly string[]): string[] => {
  const known = [...before]
  return now.filter((kind) => {
    const at = known.indexOf(kind)
    if (at === -1) return true
    known.splice(at, 1)
    return false
  })
}
