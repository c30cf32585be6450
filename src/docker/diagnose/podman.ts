import type { Diagnosis } from '../../runtime/diagnosis.ts'
import { isRootless, type LimitFacts } from './limits.ts'

/** Describes what is different on Podman, and checks that it is not too old. */
export const podman = (version: string, facts: Pick<LimitFacts, 'SecurityOptions'>): Diagnosis => {
  const rootless = isRootless(facts)
  const text = [
    rootless ? 'rootless' : 'rootful',
    "images are built by Podman's own builder, without `# syntax` frontends",
    ...(rootless
      ? ['ports below 1024 cannot be published', 'mounted files of yours belong to root inside']
      : []),
  ].join('; ')
  const [major = 0] = version.split('.').map(Number)
  if (major >= oldestMajor) return { name: 'podman', status: 'ok', text }
  return {
    name: 'podman',
    status: 'warn',
    text,
    remedy: `update Podman to version ${oldestMajor} or later; older ones are not tested`,
  }
}

// ---

const oldestMajor = 5
