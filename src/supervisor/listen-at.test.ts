import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { beforeEach, expect, test } from 'vitest'
import { makeRunsHome } from '../../test/lib/runs-home.ts'
import { isReachable, makeRunDir } from '../protocol/run-access.ts'
import { runDirOf } from '../protocol/run-dir.ts'
import { listenAt } from './listen-at.ts'

beforeEach(() => void makeRunsHome())

test.skipIf(process.platform === 'win32').each([0o000, 0o002, 0o022, 0o077])(
  'socket and token can be used by their user alone under umask %o',
  async (umask) => {
    const runDir = runDirOf('/project', 'x')
    const before = process.umask(umask)
    const server = createServer()
    try {
      makeRunDir(runDir)
      // What a dead supervisor may have left.
      writeFileSync(runDir.token, 'old', { mode: 0o666 })
      writeFileSync(runDir.socket, '')
      listenAt(runDir, 'new', server)
      expect(process.umask()).toBe(umask)
    } finally {
      process.umask(before)
    }
    expect(readFileSync(runDir.token, 'utf8')).toBe('new')
    const modes = [runDir.token, runDir.socket].map((path) => statSync(path).mode & 0o077)
    expect(modes).toEqual([0, 0])
    expect(isReachable(runDir)).toBe(true)
    await new Promise((resolve) => server.close(resolve))
  },
)
