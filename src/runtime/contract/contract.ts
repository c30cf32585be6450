import { afterAll, beforeAll, describe } from 'vitest'
import { execContract } from './exec.ts'
import type { ContractHarness } from './harness.ts'
import { lifeContract } from './life.ts'
import { networkContract } from './network.ts'
import { refusalContract } from './refusal.ts'
import { createScene, type Scene, strike } from './scene.ts'

export type { ContractHarness, ContractPrograms, ContractSkip } from './harness.ts'

/** Holds a runtime to every promise of the port. To be called in a Vitest file. */
export const runtimeContract = (name: string, harness: ContractHarness): void => {
  describe(`${name} keeps the runtime contract`, { timeout: 30_000 }, () => {
    const made: { scene?: Scene } = {}
    const scene = (): Scene => {
      if (made.scene === undefined) throw new Error('the scene is set before all tests')
      return made.scene
    }
    beforeAll(async () => {
      made.scene = await createScene(harness, name)
    }, 60_000)
    afterAll(async () => {
      if (made.scene !== undefined) await strike(made.scene)
    }, 60_000)

    lifeContract(scene, harness)
    networkContract(scene)
    execContract(scene, harness)
    refusalContract(scene, harness)
  })
}
