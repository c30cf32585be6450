import { spawn } from 'node:child_process'
import { once } from 'node:events'
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
  const [command = '', ...rest] =
    process.platform === 'win32'
      ? [...args, '--wait']
      : ['/bin/sh', '-c', waiting, 'mesocosm-cleaner', ...args]
  const child = spawn(command, rest, {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    env: environment(process.env),
    cwd: process.platform === 'win32' ? undefined : '/',
  })
  // Without it a killed supervisor leaves things behind until the next start, as it does where no shell exists.
  child.on('error', (error) => process.stderr.write(`no cleaner: ${error.message}\n`))
  child.stdin.on('error', () => undefined)
  child.unref()
  return {
    async done() {
      child.stdin.end(`${doneWord}\n`)
      if (!child.stdin.closed) await once(child.stdin, 'close').catch(() => undefined)
    },
  }
}

// ---

/** The shell ends at once, so that its background process has another parent. */
const waiting = `
trap '' HUP INT TERM
exec 3<&0
{ read -r word <&3; [ "$word" = ${doneWord} ] || exec "$@"; } 3<&3 </dev/null &
`

/** What finding the engine and starting Node need. */
const environment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) =>
      /^(PATH|HOME|TMPDIR|XDG_RUNTIME_DIR|COLIMA_HOME|DOCKER_.*|TESTCONTAINERS_.*|SystemRoot|USERPROFILE|TEMP|TMP)$/i.test(
        name,
      ),
    ),
  )
