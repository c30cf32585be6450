import { test as base, vi } from 'vitest'
import { openSandbox } from './sandbox.ts'

export { expect } from 'vitest'

// A start from nothing on a busy machine takes seconds; what has to be quick is measured by the test itself.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

/**
 * Tests with a sandbox for their file. This process lives in it too: it may lease topologies whose root is the sandbox's folder.
 * After a failure the sandbox stays, and what its supervisors wrote is printed.
 */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of fixtures off this pattern
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
