import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

/** What a supervisor writes when nothing is left to remove. */
export const doneWord = 'done'

/** A process that waits for the death of this one. */
export interface Cleaner {
  /** Ends it: everything has been removed. */
  done(): Promise<void>
}

/**
 * Starts the process that removes everything of this owner if this process is killed: its input ends then, whatever
 * killed it.
 *
 * It has a session and a parent of its own, and none of the variables by which CI systems find the processes of a
 * job, so that what kills runner and supervisor spares it. Until then it is a shell, which needs little memory. It
 * does not outlive the container or virtual machine that it runs in.
 *
 * @param owner written identity of this process.
 */
export const startCleaner = (owner: string): Cleaner => {
  const own = import.meta.url
  const program = fileURLToPath(new URL(`cleaner.${own.endsWith('.ts') ? 'ts' : 'js'}`, own))
  const args = [process.execPath, program, '--owner', owner]
  const windows = process.platform === 'win32'
  const [command = '', ...rest] = windows
    ? [...args, '--wait']
    : ['/bin/sh', '-c', waiting, 'mesocosm-cleaner', ...args]
  const child = spawn(command, rest, {
    detached: true,
    // Not stdin where the shell ends at once: Node closes that with the process it started.
    stdio: windows
      ? ['pipe', 'ignore', 'inherit', 'ignore']
      : ['ignore', 'ignore', 'inherit', 'pipe'],
    env: environment(process.env),
    cwd: windows ? undefined : '/',
  })
  // Missing if the program could not be started for want of file descriptors.
  const input = child.stdio[windows ? 0 : 3] as Socket | null | undefined
  // Without it a killed supervisor leaves things behind until the next start, as it does where no shell exists.
  child.on('error', (error) => process.stderr.write(`no cleaner: ${error.message}\n`))
  input?.on('error', () => undefined)
  input?.unref()
  child.unref()
  return {
    async done() {
      if (input == null) return
      await new Promise<void>((resolve) => void input.end(`${doneWord}\n`, () => resolve()))
    },
  }
}

// ---

/** The shell ends at once, so that its background process has another parent. */
const waiting = `
trap '' HUP INT TERM
{ read -r word <&3; [ "$word" = ${doneWord} ] || exec "$@"; } </dev/null &
`

/** What finding the engine, choosing the runtime and starting Node need. */
const environment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) =>
      /^(PATH|HOME|TMPDIR|XDG_RUNTIME_DIR|COLIMA_HOME|DOCKER_.*|TESTCONTAINERS_.*|MESOCOSM_RUNTIME|SystemRoot|USERPROFILE|TEMP|TMP)$/i.test(
        name,
      ),
    ),
  )
