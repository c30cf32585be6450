import { join } from 'node:path'
import { loadTrace } from '../../src/trace/load-trace.ts'
import { kill, startNode } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const script = (name: string) => join(import.meta.dirname, 'script', name)

const start = (sandbox: Sandbox, name: string, env: Readonly<Record<string, string>>) =>
  startNode([script(name), sandbox.folder], { env: { ...sandbox.env, ...env } })

const suspensionsOf = (sandbox: Sandbox, run: string) =>
  loadTrace(join(sandbox.folder, '.mesocosm/runs', run)).root.children.filter(
    ({ kind }) => kind === 'suspended',
  )

test('nothing times out in a run while a test process is paused in a debugger', async ({
  sandbox,
}) => {
  const MESOCOSM_RUN = 'debugged'
  // No debugger attaches: a process that is stopped while its inspector listens is like one at a breakpoint.
  const NODE_OPTIONS = '--inspect=127.0.0.1:0'
  await using held = start(sandbox, 'held.ts', { MESOCOSM_RUN, NODE_OPTIONS })
  const { run } = await held.told<{ run: string }>('connected')
  await using patient = start(sandbox, 'patient.ts', { MESOCOSM_RUN })
  kill(held.pid, 'SIGSTOP')
  await eventually(() =>
    expect(suspensionsOf(sandbox, run).at(-1)).toMatchObject({ status: 'unfinished' }),
  )
  patient.go('go')
  expect(await patient.told('start')).toEqual({ value: 200 })
  expect(await patient.told('exec')).toEqual({ value: 'slept' })
  expect(await patient.told('log')).toEqual({ value: 'late' })

  kill(held.pid, 'SIGCONT')
  await eventually(() =>
    expect(suspensionsOf(sandbox, run).every(({ status }) => status === 'done')).toBe(true),
  )
  const longest = suspensionsOf(sandbox, run).reduce((one, other) =>
    other.end - other.start > one.end - one.start ? other : one,
  )
  expect(longest.name).toMatch(/^limits stand still: .* is paused in a debugger$/)
  expect(longest.end - longest.start).toBeGreaterThan(5_000)
  patient.go('again')
  expect(await patient.told('exec after')).toMatchObject({ error: { code: 'EXEC_TIMEOUT' } })
  held.go('on')
  expect(await held.ended).toMatchObject({ exitCode: 0 })
  expect(await patient.ended).toMatchObject({ exitCode: 0 })
})

test('limits hold while a process that is not debugged is stopped', async ({ sandbox }) => {
  const MESOCOSM_RUN = 'stopped'
  await using held = start(sandbox, 'held.ts', { MESOCOSM_RUN })
  const { run } = await held.told<{ run: string }>('connected')
  kill(held.pid, 'SIGSTOP')
  await using patient = start(sandbox, 'patient.ts', { MESOCOSM_RUN })
  patient.go('go')
  expect(await patient.told('start')).toMatchObject({ error: { code: 'SERVICE_NOT_READY' } })
  expect(await patient.told('exec')).toMatchObject({ error: { code: 'EXEC_TIMEOUT' } })
  expect(await patient.told('log')).toMatchObject({ error: { code: 'LOG_TIMEOUT' } })
  patient.go('again')
  // Longer than a client may be silent whose debugger is open.
  expect(await patient.told('exec after')).toMatchObject({ error: { code: 'EXEC_TIMEOUT' } })
  expect(suspensionsOf(sandbox, run)).toEqual([])
  kill(held.pid, 'SIGCONT')
})
