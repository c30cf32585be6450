/** What lanes need of an engine. */
export interface LaneNeeds {
  /** CPUs of the engine's host. */
  readonly cpus: number
  /** Memory of the engine's host. */
  readonly memoryBytes: number
  /** Memory limits in MiB of the services that each lane has for itself; `undefined` for a service without limit. */
  readonly services: readonly (number | undefined)[]
}

/** How many lanes can run, and why fewer than asked for. */
export interface LaneBound {
  readonly lanes: number
  /** One sentence; absent if all lanes can run. */
  readonly why?: string
}

/** Lanes wait for I/O most of the time, so two share a CPU. */
const lanesPerCpu = 2

/** Assumed for a service without a limit. */
const usualMiB = 128

/** What may be used of the engine's memory; the rest is for tests and for what runs already. */
const share = 0.75

/** Returns how many of the lanes the engine has CPUs and memory for; at least one. */
export const boundLanes = (
  asked: number,
  { cpus, memoryBytes, services }: LaneNeeds,
): LaneBound => {
  const laneMiB = services.reduce<number>((sum, limit) => sum + (limit ?? usualMiB), 0)
  const usableMiB = Math.floor((memoryBytes * share) / 2 ** 20)
  const byMemory = laneMiB === 0 ? asked : Math.max(1, Math.floor(usableMiB / laneMiB))
  const byCpu = Math.max(1, cpus * lanesPerCpu)
  const lanes = Math.min(asked, byMemory, byCpu)
  if (lanes === asked) return { lanes }
  const count = `${lanes} ${lanes === 1 ? 'lane' : 'lanes'} instead of ${asked}`
  return {
    lanes,
    why:
      byMemory < byCpu
        ? `${count}: a lane needs about ${laneMiB} MiB, and the engine has ${usableMiB} MiB for them`
        : `${count}: the engine has ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}, enough for ${byCpu} lanes`,
  }
}
