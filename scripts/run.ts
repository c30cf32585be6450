import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MesocosmError } from '../src/errors/mesocosm-error.ts'

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Returns the path of a command that `npm ci` installed. */
export const bin = (name: string): string =>
  join(root, 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name)

/** Runs a program with our terminal and returns its exit code; one ended by a signal counts as 1. */
export const run = async (
  file: string,
  args: readonly string[],
  { onStart, ...options }: SpawnOptions & { readonly onStart?: (child: ChildProcess) => void } = {},
): Promise<number> => {
  const env = options.env ?? process.env
  const child = spawn(file, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    ...options,
    // Programs start `node` by name: it must be the project's, not the machine's.
    env: { ...env, PATH: [dirname(bin('node')), env.PATH].join(delimiter) },
  })
  onStart?.(child)
  // The terminal sends Ctrl-C to both processes; the child decides how to end, and this one follows.
  const wait = () => {}
  process.on('SIGINT', wait)
  const forward = () => child.kill('SIGTERM')
  process.on('SIGTERM', forward)
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    return code ?? 1
  } finally {
    process.off('SIGINT', wait)
    process.off('SIGTERM', forward)
  }
}

/**
 * Runs a program and discards its output.
 *
 * @throws {MesocosmError} `ENGINE_FAILED` with its last 20 output lines, if it does not exit with 0.
 */
export const runQuietly = async (
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const lines: string[] = []
  const keep = (chunk: Buffer) => {
    lines.push(...chunk.toString().split('\n').filter(Boolean))
    lines.splice(0, lines.length - 20)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code === 0) return
  throw new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `${[file, ...args].join(' ')} exited with ${code}`,
    lastLogs: lines,
  })
}

/** Sets the exit code that `main` returns; prints a `MesocosmError` without a stack. */
export const exitWith = async (main: () => Promise<number>): Promise<void> => {
  try {
    process.exitCode = await main()
  } catch (error) {
    process.stderr.write(
      `${error instanceof MesocosmError ? error.message : ((error as Error).stack ?? error)}\n`,
    )
    process.exitCode = 1
  }
}
