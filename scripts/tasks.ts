import { bin, run } from './run.ts'

/**
 * Runs tasks of `turbo.json` in every package: in order, and from the local cache if the inputs are unchanged.
 * A task still runs after another one has failed, unless it depends on it.
 *
 * @returns the exit code; the output of a task is shown only if it fails.
 */
export const runTasks = (...tasks: readonly string[]): Promise<number> =>
  run(bin('turbo'), ['run', ...tasks, ...flags], { env: { ...process.env, ...quiet } })

/** Returns whether this process was started by a task. */
// biome-ignore lint/suspicious/noUndeclaredEnvVars: turbo sets it itself, a different one for each task
export const inTask = (): boolean => process.env.TURBO_HASH !== undefined

// ---

const flags = ['--continue=dependencies-successful', '--output-logs=errors-only']

/** No telemetry. The cache is local: `turbo.json`. */
const quiet = { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
