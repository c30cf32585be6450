import { own } from '../model/record.ts'

/**
 * Returns cycles, each from its first name back to it: `api`, `web`, `api`. Takes linear time, so it reports
 * one cycle for every edge that closes a walk, not every cycle that exists. Walks without recursion: chains of
 * services may be long.
 */
export function* findCycles(
  graph: Readonly<Record<string, object>>,
): Generator<readonly string[], void> {
  const done = new Set<string>()
  for (const root of Object.keys(graph)) yield* walk(graph, root, done)
}

// ---

function* walk(
  graph: Readonly<Record<string, object>>,
  root: string,
  done: Set<string>,
): Generator<readonly string[], void> {
  if (done.has(root)) return
  const path = [root]
  const positions = new Map([[root, 0]])
  const open = [neighbors(graph, root)]
  for (let edges = open.at(-1); edges !== undefined; edges = open.at(-1)) {
    const { value: next, done: isOver } = edges.next()
    if (isOver) {
      open.pop()
      const name = path.pop() as string
      positions.delete(name)
      done.add(name)
      continue
    }
    const start = positions.get(next)
    if (start !== undefined) yield [...path.slice(start), next]
    else if (!done.has(next)) {
      positions.set(next, path.length)
      path.push(next)
      open.push(neighbors(graph, next))
    }
  }
}

const neighbors = (graph: Readonly<Record<string, object>>, name: string): Iterator<string, void> =>
  Object.keys(own(graph, name) ?? {}).values()
