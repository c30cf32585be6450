import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'

/**
 * Makes a folder of temporary files for one test, which its runs folder is in, and an empty project in it. It is
 * removed after the test. For tests.
 */
export const makeRunsHome = (): { readonly home: string; readonly root: string } => {
  const home = mkdtempSync(join(tmpdir(), 'mc-'))
  const root = join(home, 'project')
  mkdirSync(root)
  vi.stubEnv('TMPDIR', home)
  vi.stubEnv('TEMP', home)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    rmSync(home, { recursive: true, force: true })
  })
  return { home, root }
}
