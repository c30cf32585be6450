import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { codeOf } from '../errors/unknown-error.ts'

/** The process that created something; shows later, on the same host, whether that process is alive. */
export interface OwnerIdentity {
  readonly host: string
  readonly boot: string
  readonly pid: number
  /** Start time of the process in the system's own ticks; detects a reused pid. */
  readonly startTime: string
}

/** Returns the identity of this process. */
export const ownIdentity = (): OwnerIdentity => ({
  host: hostId(),
  boot: bootId(),
  pid: process.pid,
  startTime: startTime(process.pid) ?? '0',
})

/** Returns an identity as a string, for labels and files. */
export const writeIdentity = ({ host, boot, pid, startTime }: OwnerIdentity): string =>
  [host, boot, pid, startTime].join('|')

/** Returns the identity that {@link writeIdentity} wrote; `undefined` for any other string. */
export const readIdentity = (text: string): OwnerIdentity | undefined => {
  const [host, boot, pid, start] = text.split('|')
  if (
    host === undefined ||
    boot === undefined ||
    start === undefined ||
    !Number.isInteger(Number(pid))
  )
    return undefined
  return { host, boot, pid: Number(pid), startTime: start }
}

/** Returns whether the owner is alive; `unknown` on another host, whose processes are not visible. */
export const liveness = (owner: OwnerIdentity): 'alive' | 'dead' | 'unknown' => {
  if (owner.host !== hostId()) return 'unknown'
  if (owner.boot !== bootId()) return 'dead'
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    if (codeOf(error) !== 'EPERM') return 'dead'
  }
  const [state, start] = [fieldOf(owner.pid, 3), startTime(owner.pid)]
  // A zombie: it stays one if no process reaps orphans.
  if (state === 'Z' || state === 'X') return 'dead'
  return start === undefined || start === owner.startTime ? 'alive' : 'dead'
}

// ---

const hostId = (): string => {
  const id = readOr('/etc/machine-id', '').trim() || hostname()
  // Containers can share a machine id, and their pids mean nothing outside: the pid namespace distinguishes them.
  const space = linkOr('/proc/self/ns/pid', hostname())
  return createHash('sha256').update(`${id}\0${space}`).digest('hex').slice(0, 12)
}

const bootId = (): string => readOr('/proc/sys/kernel/random/boot_id', 'boot').trim()

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
