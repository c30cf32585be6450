import { join } from 'node:path'

/** Names of all contenders. */
export type ContenderName =
  | 'mesocosm'
  | 'mesocosm-plugin'
  | 'mesocosm-ahead'
  | 'testcontainers'
  | 'raw-bridge'
  | 'raw-sandboxes'
  | 'compose'

/** How to start the process of a contender. */
export interface ContenderProcess {
  /** Path of its file. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
}

/** Stops testcontainers from starting its reaper, and a container to find the host. */
export const testcontainersEnv = {
  TESTCONTAINERS_RYUK_DISABLED: 'true',
  TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
} as const

/** Returns how to start a contender. `newRun` names a run of Mesocosm, which ends with the benchmark. */
export const contenderProcess = (name: ContenderName, newRun: () => string): ContenderProcess => {
  switch (name) {
    case 'mesocosm':
      return { file: fileOf('mesocosm'), env: { MESOCOSM_RUN: newRun() } }
    case 'mesocosm-plugin':
      return {
        file: fileOf('mesocosm'),
        env: { MESOCOSM_RUN: newRun(), BENCH_POSTGRES: 'plugin' },
      }
    case 'mesocosm-ahead':
      return {
        file: fileOf('mesocosm'),
        env: { MESOCOSM_RUN: newRun(), BENCH_POSTGRES: 'plugin', MESOCOSM_WORKERS: '2' },
      }
    case 'testcontainers':
      return { file: fileOf(name), env: testcontainersEnv }
    default:
      return { file: fileOf(name), env: {} }
  }
}

const fileOf = (name: string): string => join(import.meta.dirname, `../contenders/${name}.ts`)
