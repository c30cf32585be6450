import type { BasicDefinition } from '../define/plain-definition.ts'
import { isRecord } from '../model/record.ts'
import type { Condition } from '../model/service-spec.ts'

/**
 * Keys of a service definition that every plugin accepts next to its own options: `postgres({ readyTimeoutMs: 120_000 })`.
 * Lists and records are added to those of the plugin, other values replace them.
 */
export interface CommonPluginOptions
  extends Pick<
    BasicDefinition,
    | 'readyTimeoutMs'
    | 'stopTimeoutMs'
    | 'platform'
    | 'memoryMiB'
    | 'cpus'
    | 'pidsLimit'
    | 'shmSizeMiB'
    | 'capAdd'
    | 'capDrop'
    | 'securityOpt'
    | 'ulimits'
    | 'sysctls'
    | 'devices'
    | 'proxy'
    | 'extraHosts'
    | 'labels'
    | 'aliases'
    | 'mounts'
  > {
  /** Services that must be ready before this one starts, or `{ db: 'started' | 'healthy' | 'completed' }`. */
  readonly dependsOn?: readonly string[] | Readonly<Record<string, Condition>>
  /**
   * Milliseconds that each task of the plugin may take, such as the reset of its data. It does not change the time of a task
   * that has an option of its own. Default 60 000.
   */
  readonly taskTimeoutMs?: number
}

/** Adds the common keys among the options of a factory to the definition that its plugin returned. */
export const withCommonOptions = <D extends object>(definition: D, options: unknown): D => {
  if (!isRecord(options)) return definition
  const declared = definition as Readonly<Record<string, unknown>>
  const given = Object.entries(merge).flatMap(([key, add]) => {
    const value = options[key]
    if (value === undefined) return []
    return [[key, declared[key] === undefined ? value : add(declared[key], value)] as const]
  })
  const { taskTimeoutMs } = options
  if (taskTimeoutMs !== undefined) {
    const { tasks, local } = declared
    if (isRecord(tasks)) given.push(['tasks', withTimeout(tasks, taskTimeoutMs)])
    if (isRecord(local) && isRecord(local.tasks))
      given.push(['local', { ...local, tasks: withTimeout(local.tasks, taskTimeoutMs) }])
  }
  return given.length === 0 ? definition : { ...definition, ...Object.fromEntries(given) }
}

// ---

type Merge = (declared: unknown, given: unknown) => unknown

/** Malformed values are passed on, for the schema to report. */
const replaced: Merge = (_, given) => given
const appended: Merge = (declared, given) =>
  Array.isArray(declared) && Array.isArray(given) ? [...declared, ...given] : given
const combined: Merge = (declared, given) =>
  isRecord(declared) && isRecord(given) ? { ...declared, ...given } : given
const conditions = (names: unknown): unknown =>
  Array.isArray(names) ? Object.fromEntries(names.map((name) => [name, 'healthy'])) : names

const merge: Readonly<Record<Exclude<keyof CommonPluginOptions, 'taskTimeoutMs'>, Merge>> = {
  readyTimeoutMs: replaced,
  stopTimeoutMs: replaced,
  platform: replaced,
  memoryMiB: replaced,
  cpus: replaced,
  pidsLimit: replaced,
  shmSizeMiB: replaced,
  capAdd: appended,
  capDrop: appended,
  securityOpt: appended,
  ulimits: combined,
  sysctls: combined,
  devices: appended,
  proxy: replaced,
  extraHosts: combined,
  labels: combined,
  aliases: appended,
  mounts: appended,
  dependsOn: (declared, given) => combined(conditions(declared), conditions(given)),
}

/** Limits the tasks of all hooks that have no time of their own. */
const withTimeout = (tasks: Readonly<Record<string, unknown>>, timeoutMs: unknown) =>
  Object.fromEntries(
    Object.entries(tasks).map(([hook, list]) => [
      hook,
      Array.isArray(list)
        ? list.map((task: unknown) => (isRecord(task) ? { timeoutMs, ...task } : task))
        : list,
    ]),
  )
