import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, MesocosmError } from 'mesocosm'
import { aborted } from 'mesocosm/plugin'
import type { GenerateOptions, GenerateResult } from '../topology/generate.ts'

/** Options of {@link regenerate}: those of `generate` that can be sent to another process. */
export interface RegenerateOptions extends Omit<GenerateOptions, 'file' | 'providers' | 'check'> {
  /** Topology file; default `topology.ts`, then `mesocosm.config.ts`, in `cwd` or a parent folder. */
  readonly file?: string
  /** Folder to start from; default the working directory. */
  readonly cwd?: string
}

/**
 * Loads the topology file and generates its types in a child process, so that edits are picked up and a file that
 * exits or hangs does not affect the caller.
 *
 * @param options.signal kills that process.
 * @throws {MesocosmError} the errors of loading and of `generate`; `ABORTED`.
 */
export const regenerate = async (
  options: RegenerateOptions,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<GenerateResult> => {
  const child = fork(runOnce, [JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // The runner's flags and loaders must not reach the child.
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
      let received: Answer | undefined
      child.once('error', reject)
      child.once('message', (message) => {
        received = message as Answer
      })
      child.once('close', () => resolve(received))
    })
    if (answer === undefined)
      throw signal?.aborted
        ? aborted('generating types', signal.reason)
        : ended(options.file ?? 'the topology file', lines)
    if ('generated' in answer) return answer.generated
    throw new MesocosmError(answer.failure)
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/** The message that `run-once` sends to its parent. */
export type Answer = { readonly generated: GenerateResult } | { readonly failure: Failure }

/** An error in a form that can be sent between processes. */
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

/** Without the runner's variables, which would make the child act as one of its workers. */
const ownEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name !== 'NODE_OPTIONS' && !/^(VITEST|JEST)/.test(name),
    ),
  )

const ended = (file: string, lines: readonly string[]) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} ended its process while it was loaded`,
    remedy: 'remove what exits the process on import; a topology file should only declare',
    facts: { file },
    lastLogs: lines.slice(-20),
  })
