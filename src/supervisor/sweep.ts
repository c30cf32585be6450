import { removeAll } from '../engine/run/run-engine.ts'
import { label } from '../runtime/labels.ts'
import type { Inventory, Runtime } from '../runtime/runtime.ts'
import { liveness, readIdentity } from './owner-identity.ts'

/** Returns what remains of runs whose supervisor died on this host; not of live runs, nor of other hosts. */
export const findLeftovers = async (runtime: Runtime): Promise<Inventory> => {
  const all = await runtime.list({ [label.made]: '1' })
  const isLeft = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) => {
    const owner = readIdentity(labels[label.owner] ?? '')
    return owner !== undefined && liveness(owner) === 'dead'
  }
  return {
    containers: all.containers.filter(isLeft),
    networks: all.networks.filter(isLeft),
    volumes: all.volumes.filter(isLeft),
  }
}

/** Removes what {@link findLeftovers} found. */
export const removeLeftovers = removeAll

/** Removes leftovers; returns how many there were. */
export const sweep = async (runtime: Runtime): Promise<number> => {
  const found = await findLeftovers(runtime)
  await removeLeftovers(runtime, found)
  return found.containers.length + found.networks.length + found.volumes.length
}
