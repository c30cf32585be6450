import { traceModes } from '../../model/trace-mode.ts'
import { isKeyed } from '../../model/value-kind.ts'
import type { CheckedArguments } from '../arguments/check-call.ts'
import * as must from '../arguments/checks.ts'
import { portOf } from './listen.ts'

/* What `lease` and each method of a lane take. */

export const leaseArguments = (topology: unknown, options: unknown): CheckedArguments => ({
  topology: [topology, must.is('what defineTopology returns', isTopology)],
  options: [
    options,
    must.options({
      ...waitKeys,
      key: must.name,
      reset: must.oneOf('light', 'deep', 'none'),
      services: must.arrayOf(must.name),
      // Set by runner integrations.
      client: must.name,
      record: must.anything,
      trace: must.oneOf(...traceModes),
    }),
  ],
})

export const addArguments = (
  name: unknown,
  definition: unknown,
  options: unknown,
): CheckedArguments => ({
  name: [name, must.name],
  definition: [definition, must.is('a service definition', isKeyed)],
  options: [options, must.options(waitKeys)],
})

export const removeArguments = (name: unknown, options: unknown): CheckedArguments => ({
  name: [name, must.name],
  options: [options, must.options(waitKeys)],
})

export const stepArguments = (title: unknown, use: unknown): CheckedArguments => ({
  title: [title, must.text],
  use: [use, must.callback],
})

export const controlArguments = (options: unknown): CheckedArguments => ({
  options: [options, must.options({ ...waitKeys, network: must.flag })],
})

export const listenArguments = (
  endpoint: unknown,
  target: unknown,
  options: unknown,
): CheckedArguments => ({
  endpoint: [endpoint, must.name],
  target: [
    target,
    must.is(
      'a handler of requests, a server that listens, or a port from 1 to 65535',
      (value) => typeof value === 'function' || portOf(value) !== undefined,
    ),
  ],
  options: [options, must.options({ ...waitKeys, port: must.name })],
})

export const resetArguments = (options: unknown): CheckedArguments => ({
  options: [options, must.options({ ...waitKeys, level: must.oneOf('light', 'deep') })],
})

export const serviceArguments = (service: unknown, options: unknown): CheckedArguments => ({
  service: [service, must.name],
  options: [options, must.options(waitKeys)],
})

export const servicesArguments = (services: unknown, options: unknown): CheckedArguments => ({
  services: [services, must.arrayOf(must.name)],
  options: [options, must.options(waitKeys)],
})

// ---

const waitKeys = { timeoutMs: must.milliseconds, signal: must.abortSignal }

const isTopology = (value: unknown): boolean =>
  isKeyed(value) && isKeyed(value.definition) && typeof value.root === 'string'
