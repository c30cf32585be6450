import type { ServiceSpec, TaskSpec } from './service-spec.ts'
import { isRefPart, type RefPart, type Template, templateParts } from './template.ts'

/** Where something stands in a service: keys and list indices. */
export type Path = readonly (string | number)[]

/** Every template of a service with its place: env, outputs, tasks. */
export const templates = (spec: ServiceSpec): { at: Path; template: Template }[] => [
  ...inRecord(['env'], spec.env),
  ...inRecord(['outputs'], spec.outputs),
  ...Object.entries(spec.tasks ?? {}).flatMap(([moment, tasks]: [string, readonly TaskSpec[]]) =>
    tasks.flatMap((task, index) => inTask(['tasks', moment, index], task)),
  ),
]

/** Every reference a service makes, with the place of the template that holds it. */
export const references = (spec: ServiceSpec): { at: Path; part: RefPart }[] =>
  templates(spec).flatMap(({ at, template }) => refParts(template).map((part) => ({ at, part })))

export const refParts = (template: Template): RefPart[] => templateParts(template).filter(isRefPart)

/** `db.http.url` → service `db`, output `http.url`; `undefined` where one of them is missing. */
export const splitRef = (ref: string): { service: string; output: string } | undefined => {
  const dot = ref.indexOf('.')
  if (dot < 1 || dot === ref.length - 1) return undefined
  return { service: ref.slice(0, dot), output: ref.slice(dot + 1) }
}

/** What others can ask of a service: `host`, `port` of the first port, `<port>.host | .port | .url`, declared outputs. */
export const outputNames = (spec: ServiceSpec): string[] => {
  const ports = Object.keys(spec.ports ?? {})
  const builtIn = [
    'host',
    ...(ports.length > 0 ? ['port'] : []),
    ...ports.flatMap((port) => [`${port}.host`, `${port}.port`, `${port}.url`]),
  ]
  return [...new Set([...builtIn, ...Object.keys(spec.outputs ?? {})])]
}

/** A record's own value: names such as `constructor` are not found by accident. */
export const own = <T>(
  record: Readonly<Record<string, T>> | undefined,
  key: string,
): T | undefined => (record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined)

// ---

const inRecord = (at: Path, record: Readonly<Record<string, Template>> | undefined) =>
  Object.entries(record ?? {}).map(([key, template]) => ({ at: [...at, key], template }))

const inTask = (at: Path, task: TaskSpec): { at: Path; template: Template }[] => [
  ...task.argv.map((template, index) => ({ at: [...at, 'argv', index], template })),
  ...inRecord([...at, 'env'], task.env),
  ...(task.stdin === undefined ? [] : [{ at: [...at, 'stdin'], template: task.stdin }]),
]
