import { availableParallelism, loadavg } from 'node:os'
import { engine } from './engine.ts'

/** The machine, and how busy it was during the measurement. */
export interface Machine {
  readonly node: string
  readonly engine: string
  readonly cpus: number
  /** Load average of the last minute; 0 if the system does not provide it. */
  readonly load: number
}

/** Returns the facts of this machine. */
export const readMachine = async (): Promise<Machine> => ({
  node: process.version,
  engine: (await engine().version()).Version,
  cpus: availableParallelism(),
  load: loadavg()[0] ?? 0,
})

/** Returns the facts as one line. */
export const machineLine = ({ node, engine, cpus, load }: Machine): string => {
  const busy = load > cpus ? ': other programs are busy too, so trust ratios more than times' : ''
  return `Node ${node}, engine ${engine}, ${cpus} CPUs, load ${load.toFixed(1)}${busy}`
}
