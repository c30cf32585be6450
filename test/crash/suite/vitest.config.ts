import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** By name, so that the file whose worker dies comes first. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    return files.toSorted((a, b) => a.moduleId.localeCompare(b.moduleId))
  }
}

export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['*.suite.ts'],
    pool: 'forks',
    maxWorkers: 1,
    sequence: { sequencer: ByName },
  },
})
