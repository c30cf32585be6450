import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { codeOf } from '../errors/unknown-error.ts'

/** The processes that a program consists of: those of the group that its first process leads. */
export interface ProcessGroup {
  /** Process that leads the group, and its number. */
  readonly pid: number
  /** When that process was started, in the system's own terms; detects a reused pid. */
  readonly startTime: string
  /** Boot and pid namespace in which the number means this process. */
  readonly space: string
}

/** Variable in the environment of a program's processes, by which those are found that have left its group. */
export const programMark = 'MESOCOSM_PROGRAM'

/** Returns the group that a process leads, which must not have been reaped. */
export const groupLedBy = (pid: number): ProcessGroup => ({
  pid,
  startTime: startTime(pid) ?? '',
  space: ownSpace(),
})

/** Returns whether the process that leads the group runs. */
export const isLed = ({ pid, startTime: since, space }: ProcessGroup): boolean =>
  space === ownSpace() && !hasEnded(pid) && startTime(pid) === since

/** Signals a group whose leader runs; returns whether there was a process to signal. */
export const signalGroup = (group: ProcessGroup, signal: NodeJS.Signals): boolean =>
  isLed(group) && send(-group.pid, signal)

/**
 * Signals a group whose leader runs, and all descendants: some, such as the workers of PostgreSQL, lead groups of their
 * own. Returns whether there was a process to signal.
 */
export const signalTree = (group: ProcessGroup, signal: NodeJS.Signals): boolean => {
  if (!isLed(group)) return false
  // A killed parent has no descendants; one that is stopped first gets no more of them.
  const before = signal === 'SIGKILL' ? descendantsOf(group.pid) : undefined
  const signalled = send(-group.pid, signal)
  for (const pid of before ?? descendantsOf(group.pid)) send(pid, signal)
  return signalled
}

/** Kills a group whose leader runs, and all descendants. Returns whether there was a process to kill. */
export const killGroup = (group: ProcessGroup): boolean => signalTree(group, 'SIGKILL')

/** Signals the leader of a group only, as an engine signals the first process of a container. */
export const signalLeader = (group: ProcessGroup, signal: NodeJS.Signals): boolean =>
  isLed(group) && send(group.pid, signal)

/** Kills what is left of a group whose leader was a child of this process and has just ended. */
export const killFollowers = ({ pid }: ProcessGroup): boolean => send(-pid, 'SIGKILL')

/**
 * Kills a program's processes and resolves when none is left: those of its group, and those that carry the mark, where
 * the system shows the environment of processes (Linux).
 *
 * @param mark variable and value, such as `MESOCOSM_PROGRAM=p0123456789a`.
 * @returns pids that could not be killed in time.
 */
export const killProcesses = async (
  group: ProcessGroup | undefined,
  mark: string,
  withinMs = 5_000,
): Promise<readonly number[]> => {
  const deadline = performance.now() + withinMs
  for (let pauseMs = 1; ; pauseMs = Math.min(50, pauseMs * 2)) {
    if (group !== undefined) killGroup(group)
    const left = processesWith(mark)
    for (const pid of left) send(pid, 'SIGKILL')
    const isOver = left.length === 0 && (group === undefined || !isLed(group))
    if (isOver) return []
    if (performance.now() > deadline) return left.length > 0 ? left : [group?.pid ?? 0]
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** Returns a short name of the boot and pid namespace of this process, for names of files. */
export const spaceName = (): string =>
  createHash('sha256').update(ownSpace()).digest('hex').slice(0, 8)

/** Whether a process of this pid namespace has ended; a zombie has. */
export const isGone = (pid: number): boolean => hasEnded(pid)

/** Returns the processes of this user with a variable of this value; none where the system does not show it. */
export const processesWith = (mark: string): readonly number[] => {
  if (process.platform !== 'linux') return []
  const wanted = Buffer.from(`${mark}\0`)
  return allPids().filter((pid) => carries(pid, wanted) && !hasEnded(pid))
}

// ---

/** All processes of the system but this one. */
const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)

const descendantsOf = (pid: number): readonly number[] => {
  const children = new Map<number, number[]>()
  for (const [child, parent] of parents()) {
    const known = children.get(parent)
    if (known === undefined) children.set(parent, [child])
    else known.push(child)
  }
  const below = (parent: number): number[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)])
  return below(pid)
}

/** Pairs of a process and its parent. */
const parents = (): (readonly [number, number])[] =>
  process.platform === 'linux'
    ? allPids().flatMap((pid) => {
        const parent = statOf(pid)?.[1]
        return parent === undefined ? [] : [[pid, Number(parent)] as const]
      })
    : psOfAll().map(([pid = 0, parent = 0]) => [pid, parent] as const)

const psOfAll = (): number[][] =>
  execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number))

const carries = (pid: number, wanted: Buffer): boolean => {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`)
    const at = environment.indexOf(wanted)
    return at === 0 || (at > 0 && environment[at - 1] === 0)
  } catch {
    // It has ended, or belongs to another user.
    return false
  }
}

const send = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    // macOS reports EPERM for a group of which only zombies are left.
    if (['ESRCH', 'EPERM'].includes(codeOf(error) ?? '')) return false
    throw error
  }
}

/** Whether it is gone, or a zombie, which stays one if no process reaps orphans. */
const hasEnded = (pid: number): boolean => {
  const state = process.platform === 'linux' ? statOf(pid)?.[0] : psOf(pid, 'stat')
  return state === undefined || /^[ZX]/.test(state)
}

const startTime = (pid: number): string | undefined =>
  process.platform === 'linux' ? statOf(pid)?.[19] : psOf(pid, 'lstart')

/** Fields of `/proc/<pid>/stat` from the third on, the state; see proc(5). */
const statOf = (pid: number): readonly string[] | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets and may contain spaces and brackets.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

const psOf = (pid: number, field: 'stat' | 'lstart'): string | undefined => {
  try {
    const text = execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trim() || undefined
  } catch {
    return undefined
  }
}

const ownSpace = (): string => {
  if (process.platform !== 'linux') return process.platform
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
}
