import type { ExaminedEngine } from './engine.ts'
import type { Finding } from './finding.ts'

/** Whether `memoryMiB` and `cpus` have an effect. */
export const limits = ({ facts }: Pick<ExaminedEngine, 'facts'>): Finding => {
  const { MemoryLimit, CpuCfsQuota, CgroupVersion = '?', CgroupDriver = '?' } = facts
  const missing = [
    ...(MemoryLimit === false ? ['memoryMiB'] : []),
    ...(CpuCfsQuota === false ? ['cpus'] : []),
  ]
  const where = `cgroup v${CgroupVersion} by ${CgroupDriver}`
  if (missing.length === 0) return { name: 'limits', status: 'ok', text: `usable, ${where}` }
  return {
    name: 'limits',
    status: 'warn',
    text: `${missing.join(' and ')} of services will be ignored (${where})`,
    remedy: 'delegate the memory and cpu controllers to the engine, as rootless engines need',
  }
}
