import type { Trace, TraceNode } from '../../trace/read/trace.ts'

/** Calls back for each node of a trace, parents first, children in the order of time. */
export const walk = <T>(
  { root }: Pick<Trace, 'root'>,
  visit: (node: TraceNode, above: T | undefined) => T,
): void => {
  const open: { readonly node: TraceNode; readonly above: T | undefined }[] = [
    { node: root, above: undefined },
  ]
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const made = visit(top.node, top.above)
    for (const child of top.node.children.toReversed()) open.push({ node: child, above: made })
  }
}

/** Returns whether a node has a duration; others are moments. */
export const isSpan = ({ status, id }: TraceNode): boolean =>
  status !== undefined || id !== undefined

/** Returns facts of a node that its name and times do not say. */
export const factsOf = (node: TraceNode): Record<string, unknown> => {
  const [first] = node.events
  const last = node.events.at(-1)
  return {
    'mesocosm.kind': node.kind,
    ...(node.test === undefined ? {} : { 'mesocosm.test': node.test }),
    ...(node.lane === undefined ? {} : { 'mesocosm.lane': node.lane }),
    ...(node.service === undefined ? {} : { 'mesocosm.service': node.service }),
    ...(node.cause === undefined ? {} : { 'mesocosm.cause': node.cause }),
    ...(node.status === undefined ? {} : { 'mesocosm.status': node.status }),
    ...(node.error?.code === undefined ? {} : { 'error.type': node.error.code }),
    ...(first === undefined ? {} : ofEvent(first)),
    ...(last === undefined || last === first ? {} : ofEvent(last)),
  }
}

// ---

/** Names of the semantic conventions of OpenTelemetry where they have one. */
const ofEvent = (event: TraceNode['events'][number]): Record<string, unknown> => {
  switch (event.k) {
    case 'test.start':
      return {
        'test.case.name': event.titlePath.join(' › '),
        'code.file.path': event.file,
        ...(event.retry === 0 ? {} : { 'mesocosm.retry': event.retry }),
      }
    case 'test.end':
      return event.status === 'skipped'
        ? {}
        : { 'test.case.result.status': event.status === 'passed' ? 'pass' : 'fail' }
    case 'call.start':
      return event.http === undefined
        ? {}
        : { 'http.request.method': event.http.method, 'url.path': event.http.path }
    case 'call.end':
      return event.http === undefined ? {} : { 'http.response.status_code': event.http.status }
    case 'exec.start':
      return { 'process.command_args': event.argv }
    case 'exec.end':
      return event.exit === undefined ? {} : { 'process.exit.code': event.exit }
    case 'task':
      return { 'process.command_args': event.argv, 'process.exit.code': event.exitCode }
    case 'otlp.span':
    case 'otlp.log':
      return event.attrs ?? {}
    default:
      return {}
  }
}
