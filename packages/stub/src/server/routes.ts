import type { Operation, StubModel } from '../model.ts'
import { Problem } from './problem.ts'

/** An operation with the texts of its path parameters, not decoded. */
export interface Routed {
  readonly operation: Operation
  readonly params: Readonly<Record<string, string>>
}

/** Returns the operation for a method and a path below the base path. Paths without parameters come first. */
export const createRouter = ({ operations }: StubModel) => {
  const routes = operations
    .map((operation) => ({ operation, ...templateOf(operation.path) }))
    .toSorted((a, b) => a.names.length - b.names.length)
  return (method: string, path: string): Routed => {
    const fitting = routes.flatMap(({ operation, pattern, names }) => {
      const found = pattern.exec(path)
      if (found === null) return []
      const params = Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']))
      return [{ operation, params }]
    })
    if (fitting.length === 0) throw notRouted(404, `the document has no path for ${path}`)
    const by = (name: string) => fitting.find(({ operation }) => operation.method === name)
    const answered = by(method) ?? (method === 'HEAD' ? by('GET') : undefined)
    if (answered !== undefined) return answered
    const allow = [...new Set(fitting.map(({ operation }) => operation.method))].join(', ')
    throw notRouted(405, `${path} has ${allow}, not ${method}`, { allow })
  }
}

// ---

const notRouted = (status: number, message: string, headers = {}) =>
  new Problem(status, message, [{ in: 'route', message }], headers)

const templateOf = (path: string) => {
  const names: string[] = []
  const source = path
    .replace(/\/$/, '')
    .split(/(\{[^}]*\})/)
    .map((part) => {
      if (!part.startsWith('{')) return escaped(part)
      names.push(part.slice(1, -1))
      return '([^/]+)'
    })
  return { names, pattern: new RegExp(`^${source.join('')}/?$`) }
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
