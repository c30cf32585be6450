import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Returns the path of the supervisor's program: one file that the build makes of its modules, which starts sooner. When
 * the modules were compiled after it, they are used themselves.
 */
export const supervisorProgram = (own: string = import.meta.url): string => {
  const at = (path: string) => new URL(`../../${path}`, own)
  if (own.endsWith('.ts')) return fileURLToPath(at('supervisor/main.ts'))
  const bundle = at('supervisor/process.js')
  const made = changedAt(bundle)
  // Not published.
  const compiled = changedAt(at('.tsbuildinfo')) ?? 0
  return fileURLToPath(made !== undefined && made >= compiled ? bundle : at('supervisor/main.js'))
}

// ---

const changedAt = (file: URL): number | undefined =>
  statSync(file, { throwIfNoEntry: false })?.mtimeMs
