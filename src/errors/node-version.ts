/** Oldest Node that runs TypeScript topology files: major and minor. */
export const oldestNode = [22, 22] as const

/** Whether this version of Node, such as `22.22.0`, is recent enough. */
export const isRecentNode = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}
