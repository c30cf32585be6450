import { expect, test } from 'vitest'
import { ExecError } from '../../errors/exec-error.ts'
import { templateParts } from '../../graph/references.ts'
import type { ExecRequest, ExecResult } from '../../model/exec.ts'
import type { Template } from '../../model/template.ts'
import type { ExecOptions } from '../../runtime/running-program.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { asked as call, openScene } from '../test-scene.ts'
import { runTasks, type TaskTarget } from './tasks.ts'

type Answer = (request: ExecRequest) => Partial<ExecResult> | Error

const fixture = async (answer: Answer) => {
  const scene = await openScene({ programs: {} })
  const asked: [ExecRequest, ExecOptions | undefined][] = []
  const exec: Runtime['exec'] = async (_, request, options) => {
    asked.push([request, options])
    const result = answer(request)
    if (result instanceof Error) throw result
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1, ...result }
  }
  const context = { ...scene.context, runtime: { ...scene.runtime, exec } }
  const target: TaskTarget = {
    service: 'db',
    lane: 'lane_1',
    container: 'c1',
    purpose: 'set up',
    call,
    resolve: (template: Template) =>
      templateParts(template)
        .map((part) => (typeof part === 'object' ? 'value' : String(part)))
        .join(''),
  }
  return {
    scene,
    asked,
    context,
    target,
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

test('tasks run in order with all values filled in', async () => {
  await using made = await fixture(() => ({}))
  await runTasks(
    made.context,
    [
      {
        argv: ['psql', ['db=', { ref: 'self.database' }]],
        env: { LANE: { ref: 'lane.name' } },
        user: 'postgres',
        stdin: ['create ', { ref: 'x.y' }],
      },
      { argv: ['true'], timeoutMs: 5 },
    ],
    made.target,
  )
  expect(made.asked).toEqual([
    [
      {
        argv: ['psql', 'db=value'],
        env: { LANE: 'value' },
        user: 'postgres',
        stdin: 'create value',
      },
      { timeoutMs: 60_000, signal: call.signal },
    ],
    [
      { argv: ['true'], env: {} },
      { timeoutMs: 5, signal: call.signal },
    ],
  ])
  expect(made.scene.events('task')).toMatchObject([
    { l: 'lane_1', s: 'db', purpose: 'set up', exitCode: 0 },
    { argv: ['true'] },
  ])
})

test('a failed task is reported with its output, and later tasks do not run', async () => {
  await using made = await fixture(() => ({ exitCode: 2, stderr: 'ERROR: no such table\n' }))
  await expect(
    runTasks(made.context, [{ argv: ['one'] }, { argv: ['two'] }], made.target),
  ).rejects.toMatchObject({
    code: 'TASK_FAILED',
    message: expect.stringContaining('db could not set up: one exited with code 2'),
    facts: { service: 'db', lane: 'lane_1', argv: ['one'], exitCode: 2 },
    lastLogs: ['ERROR: no such table'],
  })
  expect(made.asked).toHaveLength(1)
})

test('a task that could not run to its end fails with the reason', async () => {
  const reason = new ExecError({
    code: 'EXEC_TIMEOUT',
    message: '`one` was killed after 5 ms',
    remedy: 'give it more time',
    exec: { argv: ['one'], exitCode: undefined, stdout: '', stderr: 'locked\n' },
  })
  await using made = await fixture(() => reason)
  await expect(runTasks(made.context, [{ argv: ['one'] }], made.target)).rejects.toMatchObject({
    code: 'TASK_FAILED',
    message: expect.stringContaining('db could not set up: `one` was killed after 5 ms'),
    remedy:
      'raise timeoutMs of the task, or taskTimeoutMs of its plugin, or find out what its program waits for',
    lastLogs: ['locked'],
    cause: reason,
  })
})
