import type { ContainerSettings } from '../../model/container-settings.ts'
import type { Diagnosis } from '../../runtime/diagnosis.ts'

/** What limits depend on: parts of the Engine API's `/info`, with Docker's field names, and Podman's controllers. */
export interface LimitFacts {
  /** See `PodmanHost`. */
  readonly controllers?: readonly string[] | undefined
  readonly MemoryLimit?: boolean
  readonly CpuCfsQuota?: boolean
  readonly PidsLimit?: boolean
  readonly CgroupVersion?: string
  readonly CgroupDriver?: string
  readonly SecurityOptions?: readonly string[] | null
}

/** A limit of a service that the engine's cgroups enforce. */
export type Limit = Extract<keyof ContainerSettings, 'memoryMiB' | 'cpus' | 'pidsLimit'>

/** Returns the limits that the engine ignores. */
export const ignoredLimits = (facts: LimitFacts): readonly Limit[] => {
  const { controllers } = facts
  const all = ['memoryMiB', 'cpus', 'pidsLimit'] as const
  if (hasNoCgroups(facts)) return all
  if (controllers !== undefined)
    return all.filter((limit) => !controllers.includes(controllerOf[limit]))
  return all.filter((limit) => facts[flagOf[limit]] === false)
}

/** Returns whether containers are in no cgroup: they cannot be paused then either. */
export const hasNoCgroups = (facts: LimitFacts): boolean =>
  facts.CgroupDriver === 'none' || (facts.CgroupVersion === '1' && isRootless(facts))

/** Returns whether the engine runs without root's rights. */
export const isRootless = ({ SecurityOptions }: Pick<LimitFacts, 'SecurityOptions'>): boolean =>
  (SecurityOptions ?? []).some((option) => option.includes('rootless'))

/** Checks that the engine enforces limits of services, and can pause them. */
export const limits = (facts: LimitFacts): Diagnosis => {
  const { CgroupVersion = '?', CgroupDriver = '?' } = facts
  const ignored = ignoredLimits(facts)
  const where = `cgroup v${CgroupVersion} by ${CgroupDriver}`
  if (ignored.length === 0) return { name: 'limits', status: 'ok', text: `usable, ${where}` }
  const list = new Intl.ListFormat('en').format(ignored)
  if (hasNoCgroups(facts))
    return {
      name: 'limits',
      status: 'warn',
      text: `${list} of services are ignored, and services cannot be paused (${where})`,
      remedy:
        'boot the host with cgroup v2 and systemd, which rootless engines need for cgroups, or use the engine of root',
    }
  return {
    name: 'limits',
    status: 'warn',
    text: `${list} of services are ignored (${where})`,
    remedy:
      'delegate the memory, cpu and pids controllers to the engine, as rootless engines require',
  }
}

// ---

const controllerOf = { memoryMiB: 'memory', cpus: 'cpu', pidsLimit: 'pids' } as const

const flagOf = { memoryMiB: 'MemoryLimit', cpus: 'CpuCfsQuota', pidsLimit: 'PidsLimit' } as const
