import { type Call, causeOf } from '../../call/call.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { ExecRequest, ExecResult } from '../../model/exec.ts'
import type { TaskSpec } from '../../model/service-spec.ts'
import type { Template } from '../../model/template.ts'
import type { ExecOptions } from '../../runtime/running-program.ts'
import type { EngineContext } from '../run/context.ts'

/** Where tasks run, and why. */
export interface TaskTarget {
  readonly service: string
  readonly lane: string
  readonly container: string
  /** The call that caused it; its abort ends the running task. */
  readonly call: Call
  /** What the tasks do, for errors: `set up`, `reset its data`. */
  readonly purpose: string
  readonly resolve: (template: Template, task: TaskSpec) => string
  /** Runs a program for a task; default inside the container. */
  readonly run?: (
    task: TaskSpec,
    index: number,
    request: ExecRequest,
    options: ExecOptions,
  ) => Promise<ExecResult>
}

const defaultTimeoutMs = 60_000

/** Runs a service's tasks one after the other inside it. Throws `TASK_FAILED` with the program's output. */
export const runTasks = async (
  context: EngineContext,
  tasks: readonly TaskSpec[] | undefined,
  target: TaskTarget,
): Promise<void> => {
  const run =
    target.run ??
    ((_task, _index, request, options) => context.runtime.exec(target.container, request, options))
  for (const [index, task] of (tasks ?? []).entries()) {
    const value = (template: Template) => target.resolve(template, task)
    const argv = task.argv.map(value)
    const env = Object.fromEntries(
      Object.entries(task.env ?? {}).map(([key, template]) => [key, value(template)]),
    )
    const request = {
      argv,
      env,
      ...(task.user === undefined ? {} : { user: task.user }),
      ...(task.stdin === undefined ? {} : { stdin: value(task.stdin) }),
    }
    const limits = { timeoutMs: task.timeoutMs ?? defaultTimeoutMs, signal: target.call.signal }
    const result = await run(task, index, request, limits).catch((cause: unknown) => {
      throw notRun(target, argv, cause)
    })
    context.record.events.write('task', {
      ...causeOf(target.call),
      l: target.lane,
      s: target.service,
      purpose: target.purpose,
      argv,
      exitCode: result.exitCode,
      ms: result.durationMs,
    })
    if (result.exitCode === 0) continue
    throw new MesocosmError({
      code: 'TASK_FAILED',
      message: `${target.service} could not ${target.purpose}: ${argv.join(' ')} exited with code ${result.exitCode}`,
      remedy: `read its output below, or run the same command in ${task.container === undefined ? 'the service' : 'its image'} by hand`,
      facts: { service: target.service, lane: target.lane, argv, exitCode: result.exitCode },
      lastLogs: (result.stderr || result.stdout).trim().split('\n').slice(-20),
    })
  }
}

/** Returns the error of a task that timed out, whose program is missing, or whose service is not running. */
const notRun = (
  { service, lane, purpose }: TaskTarget,
  argv: readonly string[],
  cause: unknown,
) => {
  const found = isMesocosmError(cause) ? cause : undefined
  const remedy =
    found?.code === 'EXEC_TIMEOUT'
      ? 'raise timeoutMs of the task, or taskTimeoutMs of its plugin, or find out what its program waits for'
      : found?.remedy
  const { stdout = '', stderr = '' } = (found?.facts ?? {}) as { stdout?: string; stderr?: string }
  const output = (stderr || stdout).trim()
  return new MesocosmError({
    code: 'TASK_FAILED',
    message: `${service} could not ${purpose}: ${found?.summary ?? messageOf(cause)}`,
    ...(remedy === undefined ? {} : { remedy }),
    facts: { service, lane, argv },
    lastLogs: output === '' ? [] : output.split('\n').slice(-20),
    cause,
  })
}
