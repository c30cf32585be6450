import { availableParallelism, loadavg } from 'node:os'
import { engine } from './engine.ts'

/** Where it was measured, and how busy the machine was meanwhile. */
export interface Machine {
  readonly node: string
  readonly engine: string
  readonly cpus: number
  /** Programs that wanted a CPU, mean of the last minute; 0 where the system does not tell. */
  readonly load: number
}

export const lookAtMachine = async (): Promise<Machine> => ({
  node: process.version,
  engine: (await engine().version()).Version,
  cpus: availableParallelism(),
  load: loadavg()[0] ?? 0,
})

export const machineLine = ({ node, engine, cpus, load }: Machine): string => {
  const busy = load > cpus ? ': busy with other things too, so trust ratios rather than times' : ''
  return `Node ${node}, engine ${engine}, ${cpus} CPUs, load ${load.toFixed(1)}${busy}`
}
