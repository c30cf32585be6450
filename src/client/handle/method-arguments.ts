import { isSignal } from '../../model/signal.ts'
import { isKeyed } from '../../model/value-kind.ts'
import type { CheckedArguments } from '../arguments/check-call.ts'
import * as must from '../arguments/checks.ts'

/*
 * What each method of a handle takes. Tests in JavaScript, and values such as `Number(undefined)`, get past the types.
 */

export const runArguments = (argv: unknown, options: unknown): CheckedArguments => ({
  argv: [argv, must.argv],
  options: [
    options,
    must.options({ ...waitKeys, user: must.name, cwd: must.name, env: must.env, stdin: must.text }),
  ],
})

export const envArguments = (env: unknown, options: unknown): CheckedArguments => ({
  env: [env, must.envPatch],
  options: [options, must.options({ ...waitKeys, restart: must.oneOf('self', 'dependents') })],
})

export const debugArguments = (options: unknown): CheckedArguments => ({
  options: [options, must.options({ ...waitKeys, break: must.flag, port: must.portNumber })],
})

export const swapArguments = (options: unknown): CheckedArguments => ({
  options: [options, must.options({ ...waitKeys, command: must.argv, cwd: must.name })],
})

export const stopArguments = (options: unknown): CheckedArguments => ({
  options: [options, must.options({ ...waitKeys, graceMs: must.milliseconds })],
})

export const waitArguments = (options: unknown): CheckedArguments => ({
  options: [options, must.options(waitKeys)],
})

export const commandArguments = (options: unknown): CheckedArguments => ({
  options: [options, must.options({ ...waitKeys, reject: must.flag })],
})

export const killArguments = (signal: unknown, options: unknown): CheckedArguments => ({
  signal: [signal, must.is('the name of a signal, such as "SIGTERM"', isSignal)],
  ...waitArguments(options),
})

export const logWaitArguments = (pattern: unknown, options: unknown): CheckedArguments => ({
  pattern: [pattern, must.pattern],
  ...waitArguments(options),
})

export const fetchArguments = (path: unknown, init: unknown): CheckedArguments => ({
  path: [
    path,
    must.is(
      'a path such as "/health"',
      (value) => typeof value === 'string' || value instanceof URL,
    ),
  ],
  init: [init, must.optional(must.is('an object', isKeyed))],
})

export const followArguments = (options: unknown): CheckedArguments => ({
  options: [options, must.options({ signal: must.abortSignal })],
})

// ---

const waitKeys = { timeoutMs: must.milliseconds, signal: must.abortSignal }
