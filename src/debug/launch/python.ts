import { basename, join } from 'node:path'
import type { FileSpec } from '../../model/service-spec.ts'
import { type DebugLaunch, envOf, type LaunchFacts, startFolder, withEnv } from './program.ts'
import { sitecustomize } from './sitecustomize.ts'

/**
 * Starts debugpy by a `sitecustomize` module on `PYTHONPATH`, so that neither command nor image change. Without effect
 * for a Python that ignores its environment (`-E`, `-I`) or has no site (`-S`).
 */
export const launchPython = (facts: LaunchFacts): DebugLaunch => {
  const { folder = startFolder, debugpy, port } = facts
  const start = `${folder}/python`
  const packages = `${folder}/python-packages`
  const paths = [
    start,
    ...(envOf(facts, 'PYTHONPATH')?.split(':').filter(Boolean) ?? []),
    // Last, so that the version of the program is used if it has one.
    ...(debugpy === undefined ? [] : [packages]),
  ]
  return withEnv(
    facts,
    {
      PYTHONPATH: paths.join(':'),
      MESOCOSM_DEBUG_PORT: String(port),
      ...(facts.break === true ? { MESOCOSM_DEBUG_WAIT: '1' } : {}),
      // Without it, debugpy writes three lines of warnings to stderr.
      PYDEVD_DISABLE_FILE_VALIDATION: '1',
    },
    [
      { content: sitecustomize, to: `${start}/sitecustomize.py` },
      ...(debugpy === undefined ? [] : [packageFile(debugpy, `${packages}/debugpy`)]),
    ],
  )
}

// ---

const packageFile = (folder: string, to: string): FileSpec => ({
  from: basename(folder) === 'debugpy' ? folder : join(folder, 'debugpy'),
  to,
})
