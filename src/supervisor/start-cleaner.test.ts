import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'

/** Starts a process that starts a cleaner; a line on its stdin ends it, and the cleaner with it. */
const startOwner = (owner: string): ChildProcess => {
  const path = join(import.meta.dirname, 'start-cleaner.ts')
  const script = `
    const { startCleaner } = await import(${JSON.stringify(path)})
    const cleaner = startCleaner(${JSON.stringify(owner)})
    process.stdin.once('data', () => cleaner.done().then(() => process.exit(0)))`
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // No engine: a cleaner that runs has nothing to remove.
    env: { ...process.env, JOB_MARK: 'of a job', DOCKER_HOST: 'unix:///no/engine.sock' },
  })
}

const textOf = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** Returns the process that has these arguments last. */
const findCleaner = (owner: string): string | undefined =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => textOf(pid, 'cmdline').endsWith(`--owner\0${owner}\0`))

/** Fields of `/proc/<pid>/stat` after the program's name: state, parent, group, session … */
const statOf = (pid: string) => {
  const [, parent, , session] = textOf(pid, 'stat').split(') ')[1]?.split(' ') ?? []
  return { parent: Number(parent), session: Number(session) }
}

const cleanerOf = (owner: string): Promise<string> =>
  vi.waitFor(
    () => {
      const pid = findCleaner(owner)
      const { parent, session } = statOf(pid ?? '')
      // The first shell has the same arguments: it leads the session, is the parent until it ends, and may end now.
      if (pid === undefined || !(parent > 0) || parent === session || session === Number(pid))
        throw new Error('none')
      return pid
    },
    { timeout: 10_000, interval: 10 },
  )

const run = test.runIf(process.platform === 'linux')

run('the cleaner shares neither parent nor session nor variables with its owner', async () => {
  const owner = `apart-${process.pid}`
  const child = startOwner(owner)
  const pid = await cleanerOf(owner)
  const own = statOf(String(child.pid))
  expect(statOf(pid).parent).not.toBe(child.pid)
  expect(statOf(pid).session).not.toBe(own.session)
  expect(textOf(pid, 'environ')).not.toContain('JOB_MARK')
  expect(textOf(pid, 'environ')).toContain('DOCKER_HOST=unix:///no/engine.sock')
  child.stdin?.write('end\n')
  await vi.waitFor(() => expect(findCleaner(owner)).toBeUndefined(), { timeout: 10_000 })
})

run('the cleaner begins when its owner is killed', async () => {
  const owner = `killed-${process.pid}`
  const child = startOwner(owner)
  const pid = await cleanerOf(owner)
  expect(textOf(pid, 'cmdline')).toMatch(/^\/bin\/sh\0/)
  child.kill('SIGKILL')
  try {
    const begun = () => expect(textOf(pid, 'cmdline').startsWith(process.execPath)).toBe(true)
    await vi.waitFor(begun, { timeout: 10_000 })
  } finally {
    process.kill(Number(pid), 'SIGKILL')
  }
})
