import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A test runner that runs. */
export interface RunnerProcess {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly output: () => string
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/**
 * Starts the program of a test runner in a folder; default environment {@link runnerEnv}.
 *
 * @param options.detached in a process group of its own, as a shell starts it; default true. Else Ctrl-C reaches it too.
 */
export const startProgram = (
  program: string,
  args: readonly string[],
  {
    cwd,
    env = runnerEnv(),
    detached = true,
  }: {
    readonly cwd: string
    readonly env?: NodeJS.ProcessEnv | undefined
    readonly detached?: boolean
  },
): RunnerProcess => {
  const child = spawn(program, args, {
    cwd,
    env,
    detached,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => printed.push(text))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  return { child, output: () => printed.join(''), ended }
}

/** Returns an environment without the marks of the runner that runs the tests of the repository. */
export const runnerEnv = (): Record<string, string> => {
  const own = Object.entries(process.env).filter(([name]) => !others.test(name))
  return { ...(Object.fromEntries(own) as Record<string, string>), NO_COLOR: '1' }
}

// ---

const others =
  /^(VITEST|TEST|JEST_|BUN_|MOCHA_|NODE_TEST|NODE_ENV$|NODE_OPTIONS$|NODE_V8_COVERAGE$|MESOCOSM_RUN$|CI$|FORCE_COLOR$)/
