import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Sandbox } from './sandbox.ts'
import { toldMark } from './script.ts'

/** A process of a test's own. Disposing it kills it with its whole group, if it has not ended by itself. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /** What the script told under this name; waits for it, and fails when the process ends without. */
  told<T = unknown>(what: string): Promise<T>
  /** The first line it wrote that matches; waits for it, and fails when the process ends without. */
  wrote(pattern: RegExp): Promise<string>
  /** Lets a script go on that waits for this word. */
  go(word: string): void
  readonly ended: Promise<Ended>
  /** All it wrote, for messages. */
  readonly output: string
}

export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs Node with these arguments, in a process group of its own as a shell would start it. */
export const startNode = (args: readonly string[], options: ChildOptions = {}): Child => {
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...withoutRunner(process.env), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const told = new Map<string, unknown>()
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of waiting) look()
  }
  let output = ''
  let over: Ended | undefined
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`
      if (line.startsWith(toldMark)) {
        const [what, value] = JSON.parse(line.slice(toldMark.length)) as [string, unknown]
        told.set(what, value)
      }
      wake()
    })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (exitCode, signal) => {
      over = { exitCode, signal }
      wake()
      resolve(over)
    })
  })
  // A write to a process that was killed meanwhile.
  child.stdin.on('error', () => {})
  const pid = child.pid as number
  const until = <T>(what: string, find: () => { readonly found: T } | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const hit = find()
        if (hit !== undefined) resolve(hit.found)
        else if (over !== undefined)
          reject(new Error(`${args[0]} ended without telling ${what}:\n${output}`))
        else return
        waiting.delete(look)
      }
      waiting.add(look)
      look()
    })
  return {
    pid,
    told: <T>(what: string) =>
      until(what, () => (told.has(what) ? { found: told.get(what) as T } : undefined)),
    wrote: (pattern) =>
      until(String(pattern), () => {
        const found = output.split('\n').find((line) => pattern.test(line))
        return found === undefined ? undefined : { found }
      }),
    go: (word) => void child.stdin.write(`${word}\n`),
    ended,
    get output() {
      return output
    },
    async [Symbol.asyncDispose]() {
      // Afterwards the number may be somebody else's.
      if (over === undefined) killGroup(pid, 'SIGKILL')
      await ended
    },
  }
}

/** Runs a script in a sandbox; its first argument is the project's folder. */
export const startScript = (
  sandbox: Sandbox,
  path: string,
  { args = [], run }: { readonly args?: readonly string[]; readonly run?: string } = {},
): Child =>
  startNode([path, sandbox.folder, ...args], {
    env: { ...sandbox.env, ...(run === undefined ? {} : { MESOCOSM_RUN: run }) },
  })

/** Signals a process and all that it started in its group, as Ctrl-C in a terminal does. */
export const killGroup = (pid: number, signal: NodeJS.Signals): void => kill(-pid, signal)

/** Signals one process; nothing happens when it is not there any more. */
export const kill = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether a process is there, a zombie not counted. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

// ---

/** The child is no worker of the runner that runs this test. */
const withoutRunner = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_OPTIONS'),
  )
