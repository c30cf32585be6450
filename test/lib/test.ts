import { test as base, vi } from 'vitest'
import { openSandbox } from './sandbox.ts'

export { expect } from 'vitest'

// These limits only end a test that hangs: on a busy machine a start takes ten times as long.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

/**
 * `test` with a sandbox per file. This process uses it, too: it may lease topologies whose root is the sandbox's folder.
 * After a failure the sandbox is kept, and the logs of its supervisors are printed.
 */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of fixtures from this pattern
  .extend('sandbox', { scope: 'file' }, async ({}, { onCleanup }) => {
    const sandbox = openSandbox()
    const before = { ...process.env }
    Object.assign(process.env, sandbox.env)
    onCleanup(async () => {
      await sandbox[Symbol.asyncDispose]()
      for (const name of Object.keys(sandbox.env)) {
        if (before[name] === undefined) delete process.env[name]
        else process.env[name] = before[name]
      }
    })
    return sandbox
  })
  .extend('evidence', { auto: true }, async ({ sandbox, task }, { onCleanup }) => {
    onCleanup(() => {
      if (task.result?.state !== 'fail') return
      sandbox.keep()
      process.stderr.write(`${task.name}\n${sandbox.evidence()}\n`)
    })
  })
