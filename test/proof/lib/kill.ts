import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { kill, killGroup } from '../../lib/child.ts'
import { leaksIn, noLeaksIn, ownersIn } from '../../lib/leaks.ts'
import { startProgram } from '../../lib/runner-process.ts'
import { type Installed, openProof } from './play.ts'
import type { ProofRunner } from './runners.ts'
import { suiteOf } from './suite.ts'

/** What is sent. */
export const signals = ['SIGINT', 'SIGINT twice', 'SIGTERM', 'SIGKILL'] as const
/** Which process gets it. */
export const targets = ['runner', 'worker'] as const

export type Signal = (typeof signals)[number]
export type Target = (typeof targets)[number]

/** How a run ended that got a signal in the middle of its tests. */
export interface Killed {
  /** Exit code or signal of the runner; `killed later` if it had to be killed with its group. */
  readonly end: string
  /** What is left, one line each. */
  readonly left: readonly string[]
  /** Milliseconds from the signal until nothing was left. */
  readonly ms: number
  readonly output: string
}

/** A test that waits goes on for so long, also in a worker whose runner is gone. */
const testMs = 20_000
/** A runner that goes on after a signal gets so long. */
const survivesMs = 15_000

/** Starts the runner with two files whose tests use services and wait, and sends a signal to it or to a worker. */
export const killIn = async (
  installed: Installed,
  runner: ProofRunner,
  target: Target,
  signal: Signal,
): Promise<Killed> => {
  const project = openProof(installed, runner, 1)
  const { folder, temporary, env, command } = project
  for (const { name } of suiteOf(1)) rmSync(join(folder, runner.fileName(name)))
  mkdirSync(join(folder, 'workers'))
  for (const name of ['a', 'b'])
    writeFileSync(join(folder, runner.fileName(name)), waiting(runner, name))
  const [program, ...args] = command
  const { child, output } = startProgram(program, args, { cwd: folder, env })
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  try {
    const worker = await workerIn(folder, () => child.exitCode === null, output)
    const sent = performance.now()
    const pid = target === 'runner' ? (child.pid as number) : worker
    await send(pid, signal)
    const end = await endWithin(ended, child.pid as number)
    await noLeaksIn(temporary, ownersIn(temporary)).catch(() => undefined)
    const left = await leaksIn(temporary, ownersIn(temporary))
    return { end, left, ms: Math.round(performance.now() - sent), output: output() }
  } finally {
    killGroup(child.pid as number, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

// ---

const waiting = (runner: ProofRunner, name: string): string => `${runner.head}
import fs from 'node:fs'
void [prove, shared, together]
test('waits', async ({ db, notes }) => {
  await fetch(notes.http.url)
  fs.writeFileSync('workers/${name}', String(process.pid) + ' ' + db.url)
  await new Promise((resolve) => setTimeout(resolve, ${testMs}))
})
`

/** Returns the process of a file once the tests of both files are waiting. */
const workerIn = async (
  folder: string,
  runs: () => boolean,
  printed: () => string,
): Promise<number> => {
  for (;;) {
    const names = readdirSync(join(folder, 'workers'))
    if (names.length === 2) {
      const pid = Number.parseInt(readFileSync(join(folder, 'workers/a'), 'utf8'), 10)
      if (pid > 0) return pid
    }
    if (!runs()) throw new Error(`the runner ended before its tests waited:\n${printed()}`)
    await pause(20)
  }
}

const send = async (pid: number, signal: Signal): Promise<void> => {
  if (signal !== 'SIGINT twice') return kill(pid, signal)
  kill(pid, 'SIGINT')
  await pause(100)
  kill(pid, 'SIGINT')
}

const endWithin = async (
  ended: Promise<[number | null, NodeJS.Signals | null]>,
  pid: number,
): Promise<string> => {
  const over = await Promise.race([ended, pause(testMs + survivesMs, undefined, { ref: false })])
  if (over === undefined) {
    // As a CI system does with a job that does not end.
    killGroup(pid, 'SIGKILL')
    await ended
    return 'killed later'
  }
  const [code, signal] = over
  return signal ?? `code ${code}`
}
