import type { Trace, TraceNode, TraceNodeKind } from './trace.ts'

/**
 * Prints a trace as indented text, one line per node: seconds since the run began, kind, name, status, duration,
 * cause, error.
 *
 * @example
 * +1.204  test sign-up › sends mail  passed 812 ms
 * +1.310    call withEnv api  done 340 ms
 */
export const renderTrace = (trace: Trace): string => {
  const { run, root, skipped } = trace
  const lines = [
    [root.name, engineOf(run.engine), run.status].filter((part) => part !== '').join('  '),
    ...root.children.flatMap((node) => linesOf(node, run.start, 1)),
    ...skipped.map(
      ({ file, line, reason, detail }) => `skipped ${file}:${line}  ${reason}: ${detail}`,
    ),
  ]
  return lines.join('\n')
}

// ---

const linesOf = (node: TraceNode, origin: number, depth: number): string[] => {
  const time = `+${((node.start - origin) / 1000).toFixed(3)}`.padEnd(9)
  const parts = [
    `${time}${'  '.repeat(depth)}${labelOf(node)}`,
    outcomeOf(node),
    ...(node.cause === undefined ? [] : [`(${node.cause})`]),
    ...(node.error === undefined ? [] : [errorOf(node.error)]),
  ]
  const line = parts.filter((part) => part !== '').join('  ')
  return [line, ...node.children.flatMap((child) => linesOf(child, origin, depth + 1))]
}

/** Names of the other kinds say what they are. */
const named: ReadonlySet<TraceNodeKind> = new Set(['test', 'step', 'call', 'task', 'span', 'log'])

const labelOf = ({ kind, name }: TraceNode): string => (named.has(kind) ? `${kind} ${name}` : name)

const outcomeOf = ({ status, start, end }: TraceNode): string =>
  status === undefined ? '' : `${status} ${Math.round(end - start)} ms`

const errorOf = ({ code, message }: { readonly code?: string; readonly message: string }) =>
  [...(code === undefined ? [] : [code]), message.split('\n', 1)[0]].join(' ')

const engineOf = (engine: Readonly<Record<string, unknown>> = {}): string =>
  [engine.name, engine.version].filter((part) => typeof part === 'string').join(' ')
