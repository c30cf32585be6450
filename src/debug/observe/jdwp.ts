import { headOf, type Need, type Parser } from './byte-reader.ts'
import type { Pauses } from './pauses.ts'
import type { DebugProtocol } from './protocol.ts'

/**
 * The Java Debug Wire Protocol. Events suspend one thread or all, and each suspension needs a resumption of its own.
 *
 * @see https://docs.oracle.com/en/java/javase/21/docs/specs/jdwp/jdwp-protocol.html
 */
export const jdwp: DebugProtocol = (pauses) => {
  const suspensions = countSuspensions(pauses)
  return {
    *toProgram(): Parser {
      yield* readPackets(({ command, data }) => onCommand(command, data, suspensions))
    },
    *toIde(): Parser {
      yield* readPackets(({ command, data }) => {
        if (command === 'event') onEvent(data, suspensions)
      })
    },
  }
}

// ---

/** Commands by set and number. */
const commands: ReadonlyMap<string, Command> = new Map([
  ['1.6', 'dispose'],
  ['1.8', 'suspend'],
  ['1.9', 'resume'],
  ['1.10', 'exit'],
  ['11.2', 'suspendThread'],
  ['11.3', 'resumeThread'],
  ['64.100', 'event'],
])

type Command =
  | 'dispose'
  | 'suspend'
  | 'resume'
  | 'exit'
  | 'suspendThread'
  | 'resumeThread'
  | 'event'

interface Packet {
  readonly command: Command
  /** First bytes after the header. */
  readonly data: Buffer
}

const handshake = 'JDWP-Handshake'
const headerBytes = 11

/** Reads the packets of one direction; ends at one that is malformed. Answers are left out. */
function* readPackets(onPacket: (packet: Packet) => void): Generator<Need, void, Buffer> {
  if ((yield { take: handshake.length }).toString('latin1') !== handshake) return
  for (;;) {
    const header = Buffer.from(yield { take: headerBytes })
    const length = header.readUInt32BE(0)
    if (length < headerBytes) return
    const data: Buffer = yield* headOf(length - headerBytes, 32)
    const isAnswer = ((header[8] ?? 0) & 0x80) !== 0
    const command = isAnswer ? undefined : commands.get(`${header[9]}.${header[10]}`)
    if (command !== undefined) onPacket({ command, data })
  }
}

/** How often each thread was suspended, and all of them. */
interface Suspensions {
  /** @param isQuiet whether the debugger resumes it by itself, so that it is counted but not reported. */
  suspend(part: string, isQuiet?: boolean): void
  resume(part: string): void
  /** Takes back one suspension of each thread. */
  resumeAll(): void
  clear(): void
}

const all = 'all'

const countSuspensions = (pauses: Pauses): Suspensions => {
  const counts = new Map<string, number>()
  const resume = (part: string): void => {
    const count = (counts.get(part) ?? 0) - 1
    if (count > 0) counts.set(part, count)
    else if (counts.delete(part)) pauses.resume(part)
  }
  return {
    suspend(part, isQuiet = false) {
      counts.set(part, (counts.get(part) ?? 0) + 1)
      if (!isQuiet) pauses.pause(part)
    },
    resume,
    resumeAll() {
      // A thread that was suspended by itself stays so when all others resume.
      if (counts.has(all)) resume(all)
      else for (const part of [...counts.keys()]) resume(part)
    },
    clear() {
      counts.clear()
      pauses.resume()
    },
  }
}

const threadBytes = 8

const onCommand = (command: Command, data: Buffer, suspensions: Suspensions): void => {
  const thread = data.subarray(0, threadBytes).toString('hex')
  if (command === 'suspend') suspensions.suspend(all)
  if (command === 'suspendThread') suspensions.suspend(thread)
  if (command === 'resume') suspensions.resumeAll()
  if (command === 'resumeThread') suspensions.resume(thread)
  if (command === 'dispose' || command === 'exit') suspensions.clear()
}

/** Who an event has suspended: nothing, its thread, or all. */
const policies = { thread: 1, all: 2 } as const

/** Of the events in one packet, all have the same policy and thread: policy, count; kind, request, thread. */
const onEvent = (data: Buffer, suspensions: Suspensions): void => {
  const [policy, kind = 0] = [data[0], data[5]]
  const isQuiet = quiet.includes(kind)
  if (kind === vmDeath) suspensions.clear()
  else if (policy === policies.all) suspensions.suspend(all, isQuiet)
  else if (policy === policies.thread)
    suspensions.suspend(data.subarray(10, 10 + threadBytes).toString('hex'), isQuiet)
}

const vmDeath = 99
/** Start and end of a thread, and a loaded class: debuggers watch them, and resume at once. */
const quiet = [6, 7, 8]
