import { constants } from 'node:os'
import type { ContainerSettings, Ulimit } from '../model/container-settings.ts'
import type { ContainerSpec } from '../runtime/container-spec.ts'
import { findProgram } from './find-program.ts'

/** What a program is started with, so that it has its resource limits. */
export interface Limits {
  /** Words before the program and its arguments. */
  readonly prefix: readonly string[]
  /** Keys of the service that have no effect. */
  readonly ignored: readonly string[]
}

/**
 * Returns how a process of this machine gets the limits of a service: `ulimits` by `prlimit`, where it is installed.
 * Limits of memory and CPUs need a control group.
 */
export const limitsOf = (spec: ContainerSpec, env: Readonly<Record<string, string>>): Limits => {
  const entries = Object.entries(spec.ulimits ?? {})
  const prlimit = entries.length === 0 ? undefined : findProgram('prlimit', { cwd: '/', env })
  const ignored = withoutEffect.filter((key) => isSet(spec[key]))
  return {
    prefix:
      prlimit === undefined
        ? []
        : [prlimit, ...entries.map(([name, limit]) => `--${name}=${valuesOf(limit)}`), '--'],
    ignored: [...(entries.length > 0 && prlimit === undefined ? ['ulimits'] : []), ...ignored],
  }
}

/** Returns the exit code of a process that a signal has ended, as shells and engines count it. */
export const exitCodeOfSignal = (signal: NodeJS.Signals): number =>
  128 + (constants.signals[signal] ?? 9)

// ---

const withoutEffect = [
  ...(['memoryMiB', 'cpus', 'pidsLimit', 'shmSizeMiB', 'capAdd', 'securityOpt'] as const),
  ...(['sysctls', 'devices', 'readOnlyRoot', 'user', 'files', 'mounts', 'tmpfs'] as const),
] satisfies readonly (keyof ContainerSettings | keyof ContainerSpec)[]

const isSet = (value: unknown): boolean => {
  if (value === undefined || value === false) return false
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0
}

const valuesOf = (limit: Ulimit): string =>
  typeof limit === 'object' ? `${limit.soft}:${limit.hard}` : `${limit}:${limit}`
