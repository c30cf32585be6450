import { fstatSync } from 'node:fs'
import { text } from 'node:stream/consumers'

/**
 * What a shell pipes in, whole. Sockets are not read: programs that start others leave theirs open,
 * and its end would never come.
 */
export const pipedInput = async (): Promise<string | undefined> => {
  if (process.stdin.isTTY) return undefined
  const input = kindOf(0)
  return input?.isFIFO() || input?.isFile() ? text(process.stdin) : undefined
}

// ---

const kindOf = (fd: number) => {
  try {
    return fstatSync(fd)
  } catch (error) {
    // Started with stdin closed.
    if ((error as NodeJS.ErrnoException).code === 'EBADF') return undefined
    throw error
  }
}
