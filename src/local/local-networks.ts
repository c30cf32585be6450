import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { Inventory } from '../runtime/inventory.ts'
import type { NetworkSpec } from '../runtime/network-spec.ts'
import type { LocalRecords } from './local-records.ts'

/**
 * Networks of local programs: names only. All programs are on the loopback address of this machine and find each other
 * by published addresses.
 */
export class LocalNetworks {
  readonly #records: LocalRecords

  constructor(records: LocalRecords) {
    this.#records = records
  }

  create(id: string, { name, labels }: NetworkSpec): string {
    this.#records.write({ kind: 'network', id, name, labels, createdMs: Date.now() })
    return id
  }

  /** @throws {MesocosmError} `ENGINE_FAILED` for a missing one. */
  assertExists(id: string): void {
    if (this.#records.read(id)?.kind === 'network') return
    throw new MesocosmError({
      code: 'ENGINE_FAILED',
      message: `network ${id} is missing`,
      remedy: 'create it first',
      facts: { network: id },
    })
  }

  list(labels: Readonly<Record<string, string>>): Inventory['networks'] {
    return this.#records
      .list(labels)
      .filter(({ kind }) => kind === 'network')
      .map(({ id, name, labels, createdMs }) => ({ id, name, labels, createdMs }))
  }

  remove(id: string): void {
    if (this.#records.read(id)?.kind === 'network') this.#records.delete(id)
  }
}
