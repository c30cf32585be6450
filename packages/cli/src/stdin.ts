import { fstatSync } from 'node:fs'
import { text } from 'node:stream/consumers'

/**
 * Reads all input that a shell pipes in. Does not read sockets: a program that starts this one may leave its
 * socket open, and the read would never end.
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
