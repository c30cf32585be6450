import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, MesocosmError } from 'mesocosm'
import type { Generated, GenerateOptions } from '../topology/generate.ts'

/** What can be told to another process. */
export interface RegenerateOptions extends Omit<GenerateOptions, 'file' | 'providers' | 'check'> {
  /** The file that declares the topology; default `topology.ts`, then `mesocosm.config.ts`, in `cwd` or above it. */
  readonly file?: string
  /** Default the working folder. */
  readonly cwd?: string
}

/**
 * Loads the topology file and generates, in a process of its own: a file that was edited is read anew,
 * and whatever it does, its caller goes on.
 *
 * @param options.signal ends that process.
 * @throws {MesocosmError} what loading and generating throw; `ABORTED`.
 */
export const regenerate = async (
  options: RegenerateOptions,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Generated> => {
  const child = fork(runOnce, [JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Flags and loaders of a runner are not for it.
    execArgv: [],
    env: ownEnv(),
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) =>
      lines.push(...bytes.toString().split('\n').filter(Boolean)),
    )
  const end = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', end)
  try {
    if (signal?.aborted) end()
    const answer = await new Promise<Answer | undefined>((resolve, reject) => {
      let said: Answer | undefined
      child.once('error', reject)
      child.once('message', (message) => {
        said = message as Answer
      })
      child.once('close', () => resolve(said))
    })
    if (answer === undefined)
      throw signal?.aborted ? aborted() : ended(options.file ?? 'the topology file', lines)
    if ('generated' in answer) return answer.generated
    throw new MesocosmError(answer.failure)
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/** How `run-once` answers. */
export type Answer = { readonly generated: Generated } | { readonly failure: Failure }

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly remedy?: string
  readonly details?: readonly string[]
}

// ---

const runOnce = fileURLToPath(
  new URL(`./run-once${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
)

/** A runner's marks would make the child a part of it. */
const ownEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name !== 'NODE_OPTIONS' && !/^(VITEST|JEST)/.test(name),
    ),
  )

const aborted = () => new MesocosmError({ code: 'ABORTED', message: 'generating was called off' })

const ended = (file: string, lines: readonly string[]) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `the process that loads ${file} ended without an answer`,
    remedy: 'A topology file only declares: look for what ends the process when it is imported.',
    facts: { file },
    lastLogs: lines.slice(-20),
  })
