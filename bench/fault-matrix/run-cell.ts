import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { namesIn } from '../../src/disk/names-in.ts'
import { isAlive, kill, startNode } from '../../test/lib/child.ts'
import { ask, idsOf, madeBy, removeAll } from '../../test/lib/engine.ts'
import type { Cell, Phase, Signal, Target } from './cells.ts'

/** Result of a cell. */
export interface Outcome extends Cell {
  /** Milliseconds from the signal until nothing was left, or until it was given up. */
  readonly ms: number
  /** Containers, networks and volumes that are left. */
  readonly left: number
  /** Processes of the run that are left. */
  readonly alive: readonly string[]
}

/** Without progress for so long, what is left counts as left. */
const patienceMs = 60_000
/** A run that goes on after its signal is not waited for. */
const survivesMs = 10_000

/** Brings a run into a phase, sends a signal, and follows what is left. */
export const runCell = async (cell: Cell): Promise<Outcome> => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-matrix-'))
  const env = { TMPDIR: folder, MESOCOSM_GRACE_MS: '300' }
  const script = join(import.meta.dirname, 'runner.ts')
  await using runner = startNode([script, folder, cell.phase], { env })
  const worker = await runner.told<number>('worker')
  const { run, supervisor } = await reach(folder, cell.phase, () => runner.told('ready'))
  const pids = { runner: runner.pid, worker, supervisor }
  const sent = performance.now()
  await send(cell.signal, pidsOf(cell.target, pids))
  const { left, at } = await follow(run, () => Object.values(pids).every(isRunningProcess))
  const alive = Object.entries(pids).flatMap(([name, pid]) => (isRunningProcess(pid) ? [name] : []))
  const ms = Math.round(at - sent)
  for (const pid of [runner.pid, worker, supervisor]) kill(pid, 'SIGKILL')
  // A run that went on is removed by its cleaner now; two removals at once would disturb each other.
  await follow(run, () => false)
  await removeAll(await madeBy(run))
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  return { ...cell, ms, left, alive }
}

// ---

interface Pids {
  readonly runner: number
  readonly worker: number
  readonly supervisor: number
}

const pidsOf = (target: Target, pids: Pids): readonly number[] =>
  target === 'both' ? Object.values(pids) : [pids[target]]

const send = async (signal: Signal, pids: readonly number[]): Promise<void> => {
  const name = signal === 'SIGINT twice' ? 'SIGINT' : signal
  for (const pid of pids) kill(pid, name)
  if (signal !== 'SIGINT twice') return
  await pause(100)
  for (const pid of pids) kill(pid, name)
}

/** Waits until the phase is under way. */
const reach = async (folder: string, phase: Phase, ready: () => Promise<unknown>) => {
  const found = await until(() => {
    const records = join(folder, '.mesocosm/runs')
    const [run] = namesIn(records)
    if (run === undefined) return undefined
    const { pid } = JSON.parse(textOf(join(records, run, 'run.json')) ?? '{}') as { pid?: number }
    return pid === undefined ? undefined : { run, supervisor: pid }
  })
  const { run } = found
  if (phase === 'build') await until(isBuilding)
  if (phase === 'create') await until(async () => (await madeBy(run)).containers[0])
  if (phase === 'probe') await until(() => isRunning(run, 'slow'))
  if (phase === 'add') await until(() => isRunning(run, 'extra'))
  if (phase === 'env change' || phase === 'reset') await ready()
  return found
}

const isRunning = async (run: string, service: string) =>
  (await madeBy(run)).containers.find(
    (container) =>
      container.service === service &&
      container.role === 'program' &&
      container.status === 'running',
  )

/** The container of the build step. */
const isBuilding = async (): Promise<true | undefined> => {
  const all = await ask<{ Command: string }[]>({ path: '/containers/json' })
  return all.some(({ Command }) => Command.includes('sleep 30')) || undefined
}

const until = async <T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> => {
  const deadline = performance.now() + 120_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error('the phase was not reached within 120 s')
    await pause(20)
  }
}

/** Not one that has ended and waits for its parent to ask how. */
const isRunningProcess = (pid: number): boolean =>
  isAlive(pid) && !/\) [ZX] /.test(textOf(`/proc/${pid}/stat`) ?? '')

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The engine completes calls of a killed process, so nothing must be left for so long. */
const quietMs = 1_500

/** Returns how much is left once nothing more is removed, and since when. */
const follow = async (
  run: string,
  goesOn: () => boolean,
): Promise<{ readonly left: number; readonly at: number }> => {
  const since = performance.now()
  let progressAt = since
  let last = Number.POSITIVE_INFINITY
  for (;;) {
    const building = (await isBuilding()) ? 1 : 0
    const left = idsOf(await madeBy(run)).length + building
    const now = performance.now()
    if (left !== last) progressAt = now
    last = left
    if (left === 0 && !goesOn() && now - progressAt > quietMs) return { left, at: progressAt }
    if (goesOn() && now - since > survivesMs) return { left, at: now }
    if (now - progressAt > patienceMs) return { left, at: now }
    await pause(50)
  }
}
