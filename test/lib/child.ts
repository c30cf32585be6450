import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Sandbox } from './sandbox.ts'
import { toldMark } from './script.ts'

/** A process that a test started. Disposing it kills it with its process group, if it has not ended. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /** Waits for what the script reports under this name. Fails if the process ends without. */
  told<T = unknown>(what: string): Promise<T>
  /** Waits for the first line that matches. Fails if the process ends without. */
  wrote(pattern: RegExp): Promise<string>
  /** Lets a script continue that waits for this word. */
  go(word: string): void
  readonly ended: Promise<Ended>
  /** All output, for messages. */
  readonly output: string
}

export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Program and arguments that start Node; default none. */
  readonly within?: readonly string[]
}

/** Starts Node with these arguments in its own process group, as a shell does. */
export const startNode = (args: readonly string[], options: ChildOptions = {}): Child => {
  const [program = process.execPath, ...before] = [...(options.within ?? []), process.execPath]
  const child = spawn(program, [...before, ...args], {
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
  // The process may have been killed.
  child.stdin.on('error', () => {})
  const pid = child.pid as number
  const until = <T>(what: string, find: () => { readonly found: T } | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const hit = find()
        if (hit !== undefined) resolve(hit.found)
        else if (over !== undefined)
          reject(new Error(`${args[0]} ended without reporting ${what}:\n${output}`))
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
      // Another process may get the id of one that has ended.
      if (over === undefined) killGroup(pid, 'SIGKILL')
      await ended
    },
  }
}

/** Starts a script in a sandbox. Its first argument is the project's folder. */
export const startScript = (
  sandbox: Sandbox,
  path: string,
  { args = [], run }: { readonly args?: readonly string[]; readonly run?: string } = {},
): Child =>
  startNode([path, sandbox.folder, ...args], {
    env: { ...sandbox.env, ...(run === undefined ? {} : { MESOCOSM_RUN: run }) },
  })

/** Sends a signal to a process and its group, as Ctrl-C in a terminal does. */
export const killGroup = (pid: number, signal: NodeJS.Signals): void => kill(-pid, signal)

/** Sends a signal to one process. No-op if it has ended. */
export const kill = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether a process is running. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

// ---

/** Removes the variables of the runner that runs this test: the child is not its worker. */
const withoutRunner = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('VITEST') && name !== 'NODE_OPTIONS'),
  )
