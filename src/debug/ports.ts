import type { DebugKind, DebugSpec } from '../model/service-spec.ts'

/** The usual port of each debugger: of the program, or of the IDE for PHP, whose debugger connects outward. */
export const debugPorts: Readonly<Record<DebugKind, number>> = {
  node: 9229,
  python: 5678,
  php: 9003,
  java: 5005,
  go: 2345,
}

/** Whether the debugger of the program connects to the IDE, instead of the IDE to the program. */
export const connectsOutward = (kind: DebugKind | undefined): boolean => kind === 'php'

/** Returns the port of a service's debugger in its network; `undefined` if the spec has neither a port nor a kind. */
export const debugPortOf = ({ kind, port }: DebugSpec): number | undefined =>
  port ?? (kind === undefined ? undefined : debugPorts[kind])
