import { statSync } from 'node:fs'
import { type FileOrder, openFileOrder } from 'mesocosm/operate'
import { BaseSequencer, type TestSpecification, type Vitest } from 'vitest/node'

/**
 * Orders test files by the times of earlier runs: the longest first, and files that ask services for the same environment
 * one after the other on one worker, so that services restart less often. Records the times when Vitest ends.
 *
 * @example
 * // vitest.config.ts
 * import { MesocosmSequencer } from '@mesocosm/vitest/sequencer'
 * export default defineConfig({ test: { sequence: { sequencer: MesocosmSequencer } } })
 */
export class MesocosmSequencer extends BaseSequencer {
  readonly #order: FileOrder

  /** Called by Vitest. */
  constructor(vitest: Vitest) {
    super(vitest)
    this.#order = openFileOrder(vitest.config.root)
    vitest.onClose(() => record(vitest, this.#order))
  }

  /** Keeps what Vitest decides about projects and groups, which run one after the other, and orders the files in each. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...Map.groupBy(sorted, groupOf).values()].flatMap((group) => {
      const workers = group[0]?.project.config.maxWorkers ?? 1
      return this.#order
        .order(
          group.map((spec) => ({ path: spec.moduleId, bytes: bytesOf(spec.moduleId), spec })),
          workers,
        )
        .map(({ spec }) => spec)
    })
  }
}

// ---

const groupOf = ({ project }: TestSpecification): string => {
  const { isolate, sequence } = project.config
  return JSON.stringify([sequence.groupOrder, project.name, isolate])
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

const record = ({ state, logger }: Vitest, order: FileOrder): void => {
  const times = state
    .getTestModules()
    // A file that was cut short would be the shortest of the next run.
    .filter((module) => ['passed', 'failed'].includes(module.state()))
    .map((module) => {
      const {
        environmentSetupDuration,
        prepareDuration,
        collectDuration,
        setupDuration,
        duration,
      } = module.diagnostic()
      const before = environmentSetupDuration + prepareDuration + collectDuration + setupDuration
      return { path: module.moduleId, ms: before + duration }
    })
  const fault = order.record(times)
  if (fault !== undefined) logger.warn(`mesocosm: ${fault}`)
}
