import type { Writable } from 'node:stream'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { CommandContainer } from '../../model/command-request.ts'
import { openRuntime } from '../../open/open-runtime.ts'
import type { InteractiveProgram } from '../../runtime/interactive-program.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { OutputChunk } from '../../runtime/running-program.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { CommandIo } from './io.ts'
import type { Signals } from './signals.ts'

/**
 * Starts a created container with the input and output of this process, and waits for its end.
 *
 * @returns its exit code; 128 and the number of the signal that ended it.
 */
export const runInContainer = async (
  { container, endpoint }: CommandContainer,
  io: CommandIo,
  signals: Signals,
): Promise<number> => {
  await using runtime = await openRuntime()
  await assertSameEngine(runtime, container, endpoint)
  const send = (signal: NodeJS.Signals) => {
    // It may have ended; else its end is reported by `exited`.
    runtime.signal(container, signal as `SIG${string}`).catch(() => undefined)
  }
  const output = outputTo(io, () => send('SIGPIPE'))
  using terminal = takeTerminal(io)
  const program = await requireAbility(runtime, 'startInteractive')(container, { onOutput: output })
  using _taking = signals.to(send)
  // A signal that came while it started.
  if (signals.early !== undefined) send(signals.early)
  terminal.follow(program)
  using _input = connectInput(io, program)
  return await program.exited
}

/** Returns whether a command can have a terminal: input and output are one. */
export const hasTerminal = (io: CommandIo): boolean =>
  io.kind === 'own' && io.stdin.isTTY === true && io.stdout.isTTY === true

// ---

const assertSameEngine = async (
  runtime: Runtime,
  container: string,
  endpoint: string,
): Promise<void> => {
  if ((await runtime.inspect(container)) !== undefined) return
  const own = (await runtime.info()).endpoint
  throw new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `the run uses the engine at ${endpoint}, and this process finds the one at ${own}`,
    remedy:
      'use the environment in which `mesocosm up` was started, or stop that run: `mesocosm down`',
    facts: { run: endpoint, own },
  })
}

const outputTo = (io: CommandIo, onBroken: () => void) => {
  if (io.kind === 'lines')
    return ({ stream, bytes }: OutputChunk): undefined => void io.write(stream, bytes)
  // A reader such as `head` has read enough.
  for (const stream of [io.stdout, io.stderr]) stream.once('error', onBroken)
  return ({ stream, bytes }: OutputChunk): Promise<void> | undefined => {
    const to: Writable = io[stream]
    if (to.destroyed || to.write(bytes)) return undefined
    return new Promise((resolve) => {
      const done = () => {
        for (const event of ['drain', 'error', 'close']) to.off(event, done)
        resolve()
      }
      for (const event of ['drain', 'error', 'close']) to.once(event, done)
    })
  }
}

/** Makes the terminal of this process that of a program: Ctrl-C and all other keys are its input. Undone on dispose. */
const takeTerminal = (io: CommandIo) => {
  if (io.kind === 'lines' || !hasTerminal(io))
    return { follow: () => {}, [Symbol.dispose]: () => {} }
  const { stdin, stdout } = io
  const followed: { resize?: () => void } = {}
  // Before the program starts: keys that are pressed from now on are for it.
  stdin.setRawMode(true)
  return {
    follow(program: InteractiveProgram) {
      followed.resize = () => {
        const { columns = 80, rows = 24 } = stdout
        program.resize({ columns, rows }).catch(() => undefined)
      }
      stdout.on('resize', followed.resize)
      followed.resize()
    },
    [Symbol.dispose]() {
      if (followed.resize !== undefined) stdout.off('resize', followed.resize)
      stdin.setRawMode(false)
    },
  }
}

/** Passes input on until disposed. */
const connectInput = (io: CommandIo, { input }: InteractiveProgram): Disposable => {
  if (io.kind === 'lines') {
    input.end()
    return { [Symbol.dispose]: () => {} }
  }
  const { stdin } = io
  stdin.pipe(input)
  return {
    [Symbol.dispose]() {
      stdin.unpipe(input)
      stdin.pause()
    },
  }
}
