import type { Diagnosis } from '../../runtime/diagnosis.ts'
import type { EngineFacts } from './diagnose-engine.ts'

/** Checks that the engine enforces `memoryMiB` and `cpus`. */
export const limits = (facts: EngineFacts): Diagnosis => {
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
    text: `${missing.join(' and ')} of services are ignored (${where})`,
    remedy: 'delegate the memory and cpu controllers to the engine, as rootless engines require',
  }
}
