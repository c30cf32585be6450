import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createCluster, keptCluster } from './cluster.ts'
import type { ServerUser } from './server-user.ts'

const user: ServerUser = { uid: 65_534, path: (name) => name, stdio: (streams) => [...streams] }

test.skipIf(process.getuid?.() !== 0)(
  'as root, the data belongs to the user of the server, and what links in it lead to does not',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'mesocosm-pg-cluster-'))
    vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'))
    onTestFinished(() => {
      vi.unstubAllEnvs()
      rmSync(folder, { recursive: true })
    })
    const settings = { version: '18', user: 'postgres', password: 'secret' }
    const secret = join(folder, 'secret')
    writeFileSync(secret, '')
    const kept = keptCluster(settings)
    mkdirSync(join(kept, 'base'), { recursive: true })
    symlinkSync(secret, join(kept, 'base', 'link'))
    const native = { bin: '/none', env: {} }
    const data = createCluster(native, folder, settings, user, undefined)
    expect(statSync(secret).uid).toBe(0)
    for (const name of ['', 'base', 'base/link'])
      expect(lstatSync(join(data, name)).uid).toBe(65_534)
  },
)
