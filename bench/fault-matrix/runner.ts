import { fork } from 'node:child_process'
import { join } from 'node:path'

// Stands for a test runner: starts one worker, as Vitest does, and ends with it.
const [folder = '', phase = ''] = process.argv.slice(2)
const worker = fork(join(import.meta.dirname, 'worker.ts'), [folder, phase], {
  env: { ...process.env, VITEST_POOL_ID: '1' },
})
worker.on('exit', (code) => process.exit(code ?? 1))
