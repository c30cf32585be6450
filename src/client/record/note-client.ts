import { readFileSync } from 'node:fs'
import type { Session } from '../session/connect.ts'
import { runnerSlot } from '../session/runner-slot.ts'
import type { TestRecord } from './test-record.ts'

/**
 * Records once per connection which process runs tests: its runner and the command line of that. Call it when the
 * record knows the secrets of the topology.
 *
 * @param client name of the runner or script.
 */
export const noteClient = (session: Session, { events }: TestRecord, client: string): void => {
  if (noted.has(session)) return
  noted.add(session)
  const { runner } = runnerSlot()
  const argv = commandLineOf(runner)
  events.write('client', {
    client,
    pid: process.pid,
    runtime: runtime(),
    runner,
    ...(argv === undefined ? {} : { argv }),
  })
}

/** Returns a command line without the values of options that are named like secrets: `--token`, `--api-key=…`. */
export const withoutSecrets = (argv: readonly string[]): string[] =>
  argv.map((argument, at) => {
    const option = /^(--?[\w-]+)=/.exec(argument)?.[1]
    if (option !== undefined) return isSecret(option) ? `${option}=•••` : argument
    const before = argv[at - 1] ?? ''
    const isValue = before.startsWith('-') && !before.includes('=') && !argument.startsWith('-')
    return isValue && isSecret(before) ? '•••' : argument
  })

// ---

const noted = new WeakSet<Session>()

const isSecret = (option: string): boolean =>
  /token|secret|passw|api-?key|auth|credential/i.test(option)

const runtime = (): string => {
  const { bun } = process.versions
  return bun === undefined ? `node ${process.versions.node}` : `bun ${bun}`
}

/** Returns the command line of a process; `undefined` where that needs another program. */
const commandLineOf = (pid: number): string[] | undefined => {
  if (pid === process.pid) return withoutSecrets(process.argv)
  try {
    const parts = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    // Some programs replace their command line by a title, in one string.
    return parts.length === 0 ? undefined : withoutSecrets(parts)
  } catch {
    return undefined
  }
}
