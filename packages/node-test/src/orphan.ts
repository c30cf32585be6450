const everyMs = 1_000

/**
 * Ends the process of a test file when the runner that started it is gone: Node lets it run on, and its tests would keep
 * their services until they run out of time. A no-op in a process that is its own runner.
 */
export const endWithRunner = (env: NodeJS.ProcessEnv = process.env): void => {
  if (env.NODE_TEST_CONTEXT?.startsWith('child') !== true) return
  const runner = process.ppid
  const check = () => {
    if (process.ppid !== runner) process.exit(1)
  }
  setInterval(check, everyMs).unref()
}
