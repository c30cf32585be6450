import { timedOut } from '../call/deadline.ts'
import { pause } from '../call/pause.ts'
import { codeOf } from '../errors/unknown-error.ts'
import { openRuntime } from '../open/open-runtime.ts'
import type { Inventory } from '../runtime/inventory.ts'
import { label } from '../runtime/labels.ts'

const everyMs = 50
const deadlineMs = 60_000

/** Lists all that a run has on the engine, without its supervisor. */
export const madeBy = async (run: string): Promise<Inventory> => {
  await using runtime = await openRuntime()
  return await runtime.list({ [label.run]: run })
}

/** Returns the ids of containers, networks and volumes, sorted. */
export const idsOf = ({ containers, networks, volumes }: Inventory): string[] =>
  [...containers, ...networks, ...volumes].map(({ id }) => id).sort()

/** Returns the ids of all that a run has on the engine, as soon as `until` accepts them, or after 60 s. */
export const leftOf = async (
  run: string,
  until: (ids: readonly string[]) => boolean,
): Promise<readonly string[]> => {
  await using runtime = await openRuntime()
  const look = async () => idsOf(await runtime.list({ [label.run]: run }))
  return await poll(look, until)
}

/** Resolves when a process has ended. @throws {MesocosmError} `TIMEOUT` after 60 s. */
export const aliveUntil = async (pid: number): Promise<void> => {
  if (
    await poll(
      () => isAlive(pid),
      (alive) => !alive,
    )
  )
    throw timedOut(`the exit of the supervisor, process ${pid}`, deadlineMs)
}

/** Looks until `wanted` accepts what it sees, or the time is over; returns what it saw last. */
export const poll = async <T>(
  look: () => T | Promise<T>,
  wanted: (seen: T) => boolean,
  withinMs: number = deadlineMs,
): Promise<T> => {
  const deadline = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (wanted(seen) || performance.now() > deadline) return seen
    await pause(everyMs)
  }
}

// ---

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
    throw error
  }
}
