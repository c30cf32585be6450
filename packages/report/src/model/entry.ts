import type { TraceNode } from '../../../../src/trace/read/trace.ts'

/**
 * Returns the name of an entry in links: the id of its span; what has none is named by its kind, time and service, and
 * a step of a plan by its number.
 */
export const keyOf = (node: TraceNode, parent: TraceNode | undefined): string => {
  if (node.id !== undefined) return node.id
  if (node.kind === 'plan step' && parent?.id !== undefined)
    return `${parent.id}/${parent.children.indexOf(node) + 1}`
  const [event] = node.events
  if (event?.k === 'otlp.span') return `${event.trace}-${event.id}`
  const what = event?.k ?? node.kind.replaceAll(' ', '-')
  return [what, node.start.toFixed(3), node.lane, node.service].filter(Boolean).join('@')
}

/** What marks of the timeline stand for. */
export type MarkKind = 'env' | 'mail' | 'object' | 'http' | 'warning' | 'crash' | 'service' | 'undo'

/** Returns the mark that an entry has in the row of its service; `undefined` if it has none. */
export const markOf = (node: TraceNode): MarkKind | undefined => {
  const [event] = node.events
  // Kinds are compared as text: a record may have more of them than this version knows.
  const kind: string = event?.k ?? ''
  if (kind === 'env.change') return 'env'
  if (kind === 'cap.mail') return 'mail'
  if (kind === 'cap.object') return 'object'
  if (kind === 'endpoint.call') return 'http'
  if (event?.k === 'call.start') return event.http === undefined ? undefined : 'http'
  if (kind === 'svc.warning' || kind === 'log.gap') return 'warning'
  if (kind === 'svc.add' || kind === 'svc.remove' || kind === 'svc.swap') return 'service'
  if (kind === 'undo') return 'undo'
  if (event?.k === 'svc.state' && event.by === 'crash') return 'crash'
  return undefined
}
