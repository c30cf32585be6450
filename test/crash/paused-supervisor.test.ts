import { join } from 'node:path'
import { kill, startScript } from '../lib/child.ts'
import { cleared } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const script = join(import.meta.dirname, 'script/use-frozen.ts')

test.skipIf(process.platform === 'win32')(
  'calls keep their timeoutMs while the supervisor is frozen, and the lane works when it continues',
  async ({ sandbox }) => {
    await using child = startScript(sandbox, script)
    const { run } = await child.told<{ run: string }>('leased')
    const supervisor = sandbox.supervisorOf(run)
    kill(supervisor, 'SIGSTOP')
    try {
      child.go('frozen')
      await child.told('all ended')
    } finally {
      kill(supervisor, 'SIGCONT')
    }
    for (const call of ['run', 'setEnv', 'restart'])
      expect(await child.told(call)).toMatchObject({ error: { code: 'TIMEOUT' } })
    expect(await child.told('waitFor')).toMatchObject({ error: { code: 'LOG_TIMEOUT' } })
    expect(await child.told('round')).toEqual({ value: 'thawed' })
    expect(await child.told('release')).toEqual({ value: null })
    await child.ended
    await cleared(run)
  },
)
