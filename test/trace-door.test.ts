import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const loader = join(import.meta.dirname, 'fixture/browser-context.mjs')

interface Loaded {
  readonly answers: readonly unknown[]
  readonly modules: readonly string[]
}

/** Loads a built file where there is only what browsers have: no process, no Buffer, no modules of Node. */
const inBrowser = async (file: string, script: string): Promise<Loaded> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-warnings', '--experimental-vm-modules', loader, join(root, file), script],
    { cwd: root },
  )
  return JSON.parse(stdout) as Loaded
}

const record = [
  { k: 'head', t: 1, v: 2, writer: 'client', pid: 7, prefix: 'w' },
  { k: 'call.start', t: 2, i: 'w.1', s: 'api', method: 'withEnv' },
  { k: 'call.end', t: 3, i: 'w.1', status: 'done', ms: 1 },
]

test('mesocosm/trace merges a record where only what browsers have exists', async () => {
  const text = record.map((entry) => JSON.stringify(entry)).join('\n')
  const { answers, modules } = await inBrowser(
    'dist/trace.js',
    `const trace = door.mergeTrace([{ name: 'ev/w.ndjson', text: ${JSON.stringify(text)} }])
     answer(typeof process + typeof Buffer + typeof require)
     answer(door.renderTrace(trace))`,
  )
  expect(answers).toEqual([
    'undefinedundefinedundefined',
    'run  unfinished\n+0.001     call withEnv api  done 1 ms',
  ])
  expect(modules.length).toBeGreaterThan(3)
})

test('the check of the door notices a module that imports Node', async () => {
  await expect(inBrowser('dist/runner.js', '')).rejects.toThrow(/imports node:/)
})
