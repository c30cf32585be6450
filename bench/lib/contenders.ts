import { join } from 'node:path'

export type ContenderName =
  | 'mesocosm'
  | 'mesocosm-plugin'
  | 'testcontainers'
  | 'raw-bridge'
  | 'raw-sandboxes'
  | 'compose'

export interface ContenderProcess {
  /** What its process runs. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
}

/** So that testcontainers neither starts its reaper nor starts a container to find the host. */
export const testcontainersEnv = {
  TESTCONTAINERS_RYUK_DISABLED: 'true',
  TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
} as const

/** @param newRun names a run of Mesocosm, which the benchmark ends when it ends itself. */
export const contenderProcess = (name: ContenderName, newRun: () => string): ContenderProcess => {
  switch (name) {
    case 'mesocosm':
      return { file: fileOf('mesocosm'), env: { MESOCOSM_RUN: newRun() } }
    case 'mesocosm-plugin':
      return {
        file: fileOf('mesocosm'),
        env: { MESOCOSM_RUN: newRun(), BENCH_POSTGRES: 'plugin' },
      }
    case 'testcontainers':
      return { file: fileOf(name), env: testcontainersEnv }
    default:
      return { file: fileOf(name), env: {} }
  }
}

const fileOf = (name: string): string => join(import.meta.dirname, `../contenders/${name}.ts`)
