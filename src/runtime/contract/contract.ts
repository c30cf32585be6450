import { afterAll, beforeAll, describe } from 'vitest'
import { abilitiesContract } from './abilities.ts'
import { execContract } from './exec.ts'
import type { ContractHarness } from './harness.ts'
import { imagesContract } from './images.ts'
import { interactiveContract } from './interactive.ts'
import { interruptionContract } from './interruption.ts'
import { lifeContract } from './life.ts'
import { networkContract } from './network.ts'
import { refusalContract } from './refusal.ts'
import { createScene, removeScene, type Scene } from './scene.ts'

export type { ContractHarness, ContractPrograms, ContractSkip } from './harness.ts'

/** Registers tests that hold a runtime to every promise of the port; call it in a Vitest file. */
export const runtimeContract = (name: string, harness: ContractHarness): void => {
  describe(`${name} keeps the runtime contract`, { timeout: 240_000 }, () => {
    const made: { scene?: Scene } = {}
    const scene = (): Scene => {
      if (made.scene === undefined) throw new Error('the scene exists only while tests run')
      return made.scene
    }
    beforeAll(async () => {
      made.scene = await createScene(harness, name)
    }, 240_000)
    afterAll(async () => {
      if (made.scene !== undefined) await removeScene(made.scene)
    }, 240_000)

    lifeContract(scene, harness)
    interruptionContract(scene, harness)
    networkContract(scene, harness)
    execContract(scene, harness)
    abilitiesContract(scene, harness)
    interactiveContract(scene, harness)
    imagesContract(scene, harness)
    refusalContract(scene, harness)
  })
}
