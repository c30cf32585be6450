import type { PlannedStep, TraceEvent } from '../event/event.ts'
import type { SpanStart } from '../event/kinds.ts'
import type { MomentEvent } from './nodes.ts'

/** Returns the name of a span for people. */
export const nameOfSpan = (event: SpanStart): string => {
  switch (event.k) {
    case 'test.start':
      return `${event.titlePath.join(' › ')}${numbered('repeat', event.repeat)}${numbered('retry', event.retry)}`
    case 'step.start':
      return event.title
    case 'suspended.start':
      return `limits stand still: ${event.why}`
    case 'call.start':
      return event.http === undefined
        ? withService(event.method, event.s)
        : `${withService(event.method, event.s)}: ${event.http.method} ${event.http.path}`
    case 'plan.start':
      return `plan ${event.l ?? ''}`.trim()
    case 'image.start':
      return `${event.do} ${event.do === 'build' ? withService('image of', event.s) : event.image}`
    case 'exec.start':
      return `${withService('exec', event.s)}: ${event.argv.join(' ')}`
  }
}

/** Returns the name of a plan's step: `start program api`. */
export const nameOfStep = (step: Pick<PlannedStep, 'do' | 'service'>): string =>
  withService(step.do, step.service)

/** Returns the name of a moment: `api exited with code 1`, `env api: SIGNUP`. */
export const nameOfMoment = (event: MomentEvent): string => {
  switch (event.k) {
    case 'lane.lease':
    case 'lane.release':
    case 'lane.keep':
      return withService(event.k.slice('lane.'.length), event.l)
    case 'lane.ahead':
      return withService('make ahead', event.l)
    case 'lane.reset':
      return `${withService('reset', event.l)} (${event.level})`
    case 'env.change':
      return `${withService('env', event.s)}: ${Object.keys(event.diff).join(', ')}`
    case 'svc.state':
      return `${event.s ?? event.container} ${stateOf(event)}`
    case 'svc.swap':
      return `${event.s} runs ${event.to === 'process' ? `as a process: ${event.command?.join(' ')}` : 'in its container again'}`
    case 'svc.changed':
      return `files of ${event.s} changed: ${event.files.join(', ')}`
    case 'svc.warning':
      return `${withService('warning about', event.s)}: ${event.message}`
    case 'log.gap':
      return `output of ${event.s ?? event.container} is missing`
    case 'trace.truncated':
      return `the record is full: ${event.what === 'logs' ? 'only the last log lines' : 'no more long output'}`
    case 'svc.add':
    case 'svc.remove':
      return withService(event.k.slice('svc.'.length), event.s)
    case 'edge.used':
      return `${event.s} → ${event.to}:${event.port}`
    case 'cap.mail':
      return `mail to ${event.to.join(', ')}: ${event.subject}`
    case 'cap.object':
      return `${event.do} ${event.bucket}/${event.key}`
    case 'cap.missing':
      return `what ${event.s} captured is missing`
    case 'endpoint.call':
      return `${event.from} → ${event.s}.${event.port}: ${event.received} bytes, ${event.sent} back`
    case 'debug.attach':
      return `${withService('debugger of', event.s)} ${event.error === undefined ? 'attached' : 'not reached'}`
    case 'debug.pause':
      return `${event.s} paused in the debugger`
    case 'debug.resume':
      return `${event.s} goes on after ${event.ms} ms in the debugger`
    case 'debug.detach':
      return `${withService('debugger of', event.s)} detached`
    case 'task':
      return `${withService(event.purpose, event.s)}: ${event.argv.join(' ')}`
    case 'image.step':
      return event.step
    case 'prebuilt':
      return `keep image ${event.image}`
    case 'shortcut':
      return `go on without ${event.shortcut}`
    case 'otlp.span':
      return event.name
    case 'otlp.log':
      return event.text.split('\n', 1)[0] ?? ''
    case 'undo':
      return `undo ${event.method}`
  }
}

// ---

const numbered = (what: string, count = 0): string => (count > 0 ? ` (${what} ${count})` : '')

const withService = (what: string, service: string | undefined): string =>
  service === undefined ? what : `${what} ${service}`

const stateOf = ({ state, exitCode, healthy }: TraceEvent<'svc.state'>): string => {
  if (healthy !== undefined) return healthy ? 'is healthy' : 'is unhealthy'
  return exitCode === undefined ? state.replaceAll('-', ' ') : `${state} with code ${exitCode}`
}
