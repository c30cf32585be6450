/** What uses lanes for one test file at a time. */
export interface FileUser {
  /** Gives the lane back, unless it is that of this file or a test still uses it. */
  leaveFile(next: string): Promise<void>
}

/** Turns of test files that run in one process: a worker slot needs one lane, whatever the number of its files. */
export interface FileTurns {
  /** Lets every user leave its file for this one. Rejects if one cannot; later turns are not affected. */
  enter(user: FileUser, file: string): Promise<void>
}

/** Creates turns. */
export const createFileTurns = (): FileTurns => {
  const users = new Set<FileUser>()
  let last: Promise<unknown> = Promise.resolve()
  return {
    enter(user, file) {
      users.add(user)
      const turn = last.then(async () => {
        for (const other of users) await other.leaveFile(file)
      })
      last = turn.catch(() => undefined)
      return turn
    },
  }
}
