import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { codeOf } from '../errors/unknown-error.ts'

/** The process that created something; shows later, on the same host, whether that process is alive. */
export interface OwnerIdentity {
  readonly host: string
  readonly boot: string
  readonly pid: number
  /** Start time of the process in the system's own ticks; detects a reused pid. */
  readonly startTime: string
  /** Pid namespace of the process, as `/proc/<pid>/ns/pid` names it; absent where there is none. */
  readonly space?: string
}

/** Returns the identity of this process. */
export const ownIdentity = (): OwnerIdentity => ({
  host: hostId(),
  boot: bootId(),
  pid: process.pid,
  startTime: startTime(process.pid) ?? '0',
  ...withSpace(ownSpace()),
})

/** Returns an identity as a string, for labels and files. */
export const writeIdentity = ({ host, boot, pid, startTime, space }: OwnerIdentity): string =>
  [host, boot, pid, startTime, ...(space === undefined ? [] : [space])].join('|')

/** Returns the identity that {@link writeIdentity} wrote; `undefined` for any other string. */
export const readIdentity = (text: string): OwnerIdentity | undefined => {
  const [host, boot, pid, start, space] = text.split('|')
  if (
    host === undefined ||
    boot === undefined ||
    start === undefined ||
    !Number.isInteger(Number(pid))
  )
    return undefined
  return { host, boot, pid: Number(pid), startTime: start, ...withSpace(space) }
}

/**
 * Returns whether the owner is alive; `unknown` on another host, whose processes are not visible. A container is
 * another host, too, but one whose processes are visible to root outside of all containers.
 */
export const liveness = (owner: OwnerIdentity): 'alive' | 'dead' | 'unknown' => {
  if (owner.host !== hostId()) return isGoneWithItsSpace(owner) ? 'dead' : 'unknown'
  if (owner.boot !== bootId()) return 'dead'
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    if (codeOf(error) !== 'EPERM') return 'dead'
  }
  if (hasExited(owner.pid)) return 'dead'
  const start = startTime(owner.pid)
  return start === undefined || start === owner.startTime ? 'alive' : 'dead'
}

// ---

const hostId = (): string => {
  const id = readOr('/etc/machine-id', '').trim() || hostname()
  // Containers can share a machine id, and their pids mean nothing outside: the pid namespace distinguishes them.
  const space = ownSpace() ?? hostname()
  return createHash('sha256').update(`${id}\0${space}`).digest('hex').slice(0, 12)
}

/** Name of the pid namespace that contains all others, fixed in Linux (`PROC_PID_INIT_INO`). */
const outermost = 'pid:[4026531836]'

/**
 * Whether the owner ran in a pid namespace of this machine in which no process is left. Only who sees all processes
 * of the machine can know it: one whose namespace cannot be read may be in that of the owner.
 */
const isGoneWithItsSpace = ({ boot, space }: OwnerIdentity): boolean => {
  // The boot id is the same in all containers of a machine, and different after each start of it.
  if (space === undefined || boot !== bootId() || ownSpace() !== outermost) return false
  try {
    return (
      readdirSync('/proc')
        // Process 1 is in the outermost namespace; a sandbox may hide that of it alone.
        .filter((name) => /^\d+$/.test(name) && name !== '1')
        .every((pid) => spaceOf(pid) !== space)
    )
  } catch {
    return false
  }
}

/** Throws unless the namespace can be read or the process has ended. */
const spaceOf = (pid: string): string | undefined => {
  if (hasExited(Number(pid))) return undefined
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

const ownSpace = (): string | undefined => linkOr('/proc/self/ns/pid', '') || undefined

const withSpace = (space: string | undefined) => (space === undefined ? {} : { space })

const bootId = (): string => readOr('/proc/sys/kernel/random/boot_id', 'boot').trim()

/** A zombie; it stays one if no process reaps orphans. */
const hasExited = (pid: number): boolean => ['Z', 'X'].includes(fieldOf(pid, 3) ?? '')

const startTime = (pid: number): string | undefined => fieldOf(pid, 22)

/** A field of `/proc/<pid>/stat`, from the third on; `undefined` if that file is missing. */
const fieldOf = (pid: number, number: number): string | undefined => {
  const stat = readOr(`/proc/${pid}/stat`, '')
  // The second field is the program's name in brackets and may contain spaces and brackets.
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[number - 3]
}

const linkOr = (path: string, otherwise: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return otherwise
  }
}

const readOr = (path: string, otherwise: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
