import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { detailOf } from '../api/errors.ts'

/** Credentials that a helper returned. */
export interface HelperAnswer {
  /** `<token>` if the secret is an identity token. */
  readonly username: string
  readonly secret: string
}

/** How long a helper is waited for; it may ask the user for a password. */
export const helperLimitMs = 60_000

/** Options of {@link askHelper}. */
export interface HelperOptions {
  /** Milliseconds before the helper is killed; default {@link helperLimitMs}. */
  readonly timeoutMs?: number | undefined
  /** Kills the helper when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs `docker-credential-<name> get` for a registry and returns its answer; `undefined` if it has no credentials for
 * that registry. Whatever the helper does, this ends: with an answer, or with an error in the helper's words.
 *
 * @throws {Error} if the helper is missing, fails, takes too long, or answers something else.
 * @see https://github.com/docker/docker-credential-helpers
 */
export const askHelper = async (
  name: string,
  registry: string,
  { timeoutMs = helperLimitMs, signal }: HelperOptions = {},
): Promise<HelperAnswer | undefined> => {
  const program = `docker-credential-${name}`
  const limit = AbortSignal.timeout(timeoutMs)
  const signals = signal === undefined ? [limit] : [limit, signal]
  const ended = await run(program, registry, AbortSignal.any(signals))
  if (ended.kind === 'stopped') {
    signal?.throwIfAborted()
    throw new Error(`${program} did not answer within ${timeoutMs} ms`)
  }
  if (ended.kind === 'failed') throw new Error(`${program} could not be run: ${ended.detail}`)
  if (ended.kind === 'flooded') throw new Error(`${program} printed more than ${mostBytes} bytes`)
  if (ended.exit !== '0') {
    // Credentials are not quoted.
    const out = answerIn(ended.stdout) === undefined ? ended.stdout : ''
    const words = [out, ended.stderr].map((text) => text.trim()).filter(Boolean)
    if (words.some((text) => notFound.test(text))) return undefined
    const quoted = words.map((text) => text.slice(0, mostQuoted))
    throw new Error([`${program} failed with ${ended.exit}`, ...quoted].join(': '))
  }
  // Not quoted: it may hold a secret.
  return answerIn(ended.stdout) ?? fail(`${program} printed something else than credentials`)
}

// ---

type Ended =
  | {
      readonly kind: 'exited'
      /** `0`, or a description such as `exit code 1`. */
      readonly exit: string
      readonly stdout: string
      readonly stderr: string
    }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'flooded' }

/** Every way in which a program can end is an answer. */
const run = (program: string, input: string, signal: AbortSignal): Promise<Ended> =>
  new Promise((resolve) => {
    // A group of its own, so that programs which the helper started end with it.
    const child: ChildProcess = spawn(program, ['get'], {
      detached: !isWindows,
      windowsHide: true,
    })
    const end = (ended: Ended) => {
      clearTimeout(grace.timer)
      signal.removeEventListener('abort', stop)
      stopAll(child)
      resolve(ended)
    }
    const stop = () => end({ kind: 'stopped' })
    const flooded = () => end({ kind: 'flooded' })
    const grace: { timer?: NodeJS.Timeout } = {}
    child.on('error', (error: NodeJS.ErrnoException) => {
      const detail = error.code === 'ENOENT' ? 'it is not in PATH' : detailOf(error)
      end({ kind: 'failed', detail })
    })
    const out = collect(child.stdout, flooded)
    const err = collect(child.stderr, flooded)
    const exited = (code: number | null, killedBy: string | null) => {
      const exit = code === null ? `signal ${killedBy}` : code === 0 ? '0' : `exit code ${code}`
      end({ kind: 'exited', exit, stdout: out(), stderr: err() })
    }
    child.on('close', exited)
    // An agent that the helper has left running may hold its output open.
    child.on('exit', (...how) => {
      grace.timer = setTimeout(() => exited(...how), graceMs)
    })
    // A helper may end without reading; its exit code and words say why.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(`${input}\n`)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })

/** Returns what the stream has printed so far, when asked. */
const collect = (stream: Readable | null, onFlood: () => void): (() => string) => {
  const chunks: Buffer[] = []
  let bytes = 0
  // Missing if the program could not be started for want of file descriptors.
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > mostBytes) onFlood()
    else chunks.push(chunk)
  })
  // The exit code says what happened.
  stream?.on('error', () => undefined)
  return () => Buffer.concat(chunks).toString()
}

/** Ends a helper and all that it started; a no-op if it has ended. */
const stopAll = (child: ChildProcess): void => {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
  const isRunning = child.exitCode === null && child.signalCode === null
  if (!isRunning || child.pid === undefined) return
  try {
    if (isWindows) child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended in between, or runs as another user. This is called by timers and listeners, where an error would end
    // this process, and without its streams the helper is not waited for.
    child.unref()
  }
}

const answerIn = (text: string): HelperAnswer | undefined => {
  try {
    const { Username: username, Secret: secret } = JSON.parse(text)
    return typeof username === 'string' && typeof secret === 'string'
      ? { username, secret }
      : undefined
  } catch {
    return undefined
  }
}

const fail = (message: string): never => {
  throw new Error(message)
}

const isWindows = process.platform === 'win32'
/** For the rest of the output of a helper that has ended. */
const graceMs = 1_000
const mostBytes = 1_048_576
/** Characters of an output in an error. */
const mostQuoted = 2_000
const notFound = /credentials not found/i
