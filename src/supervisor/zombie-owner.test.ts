import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'
import { liveness, ownIdentity } from './owner-identity.ts'

const statOf = (pid: number) => {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const fields = rest.split(' ')
  return { state: fields[0], startTime: fields[19] ?? '' }
}

test.skipIf(process.platform !== 'linux')(
  'an exited owner is dead even if it is a zombie',
  async () => {
    // The shell becomes a program that never asks how its child ended.
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'])
    try {
      const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]()
      const pid = Number((await lines.next()).value)
      await vi.waitFor(() => expect(statOf(pid).state).toBe('Z'), { interval: 5 })
      const owner = { ...ownIdentity(), pid, startTime: statOf(pid).startTime }
      expect(liveness(owner)).toBe('dead')
      expect(liveness(ownIdentity())).toBe('alive')
    } finally {
      parent.kill('SIGKILL')
    }
  },
)
