import {
  localSpecOf,
  type ServiceSpec,
  type TaskPlan,
  type TaskSpec,
} from '../model/service-spec.ts'
import { isRefPart, type RefPart, type Template, type TemplatePart } from '../model/template.ts'

/** A path inside a service or topology: keys and array indices. */
export type Path = readonly (string | number)[]

/** Returns every template of a service with its path: env, outputs, tasks. */
export const templates = (spec: ServiceSpec): { at: Path; template: Template }[] => [
  ...inRecord(['env'], spec.env),
  ...inRecord(['local', 'env'], localSpecOf(spec)?.env),
  ...inRecord(['outputs'], spec.outputs),
  ...inTasks(['tasks'], spec.tasks),
  ...inTasks(['local', 'tasks'], localSpecOf(spec)?.tasks),
]

/** Returns every reference of a service, with the path of the template that contains it. */
export const references = (spec: ServiceSpec): { at: Path; part: RefPart }[] =>
  templates(spec).flatMap(({ at, template }) => refParts(template).map((part) => ({ at, part })))

/** Returns the references in a template. */
export const refParts = (template: Template): RefPart[] => templateParts(template).filter(isRefPart)

/** Returns the parts of a template, always as an array. */
export const templateParts = (template: Template): readonly TemplatePart[] =>
  Array.isArray(template) ? (template as readonly TemplatePart[]) : [template as TemplatePart]

/** Splits `db.http.url` into service `db`, output `http.url`; `undefined` if one of them is missing. */
export const splitRef = (ref: string): { service: string; output: string } | undefined => {
  const dot = ref.indexOf('.')
  if (dot < 1 || dot === ref.length - 1) return undefined
  return { service: ref.slice(0, dot), output: ref.slice(dot + 1) }
}

/** Returns the names of a service's outputs: `host`, `port` of the first port, `<port>.host | .port | .url`, declared ones. */
export const outputNames = (spec: ServiceSpec): string[] => {
  const ports = Object.keys(spec.ports ?? {})
  const builtIn = [
    'host',
    ...(ports.length > 0 ? ['port'] : []),
    ...ports.flatMap((port) => [`${port}.host`, `${port}.port`, `${port}.url`]),
  ]
  return [...new Set([...builtIn, ...Object.keys(spec.outputs ?? {})])]
}

// ---

const inRecord = (at: Path, record: Readonly<Record<string, Template>> | undefined) =>
  Object.entries(record ?? {}).map(([key, template]) => ({ at: [...at, key], template }))

const inTasks = (at: Path, plan: TaskPlan = {}) =>
  Object.entries(plan).flatMap(([moment, tasks]: [string, readonly TaskSpec[]]) =>
    tasks.flatMap((task, index) => inTask([...at, moment, index], task)),
  )

const inTask = (at: Path, task: TaskSpec): { at: Path; template: Template }[] => [
  ...task.argv.map((template, index) => ({ at: [...at, 'argv', index], template })),
  ...inRecord([...at, 'env'], task.env),
  ...(task.stdin === undefined ? [] : [{ at: [...at, 'stdin'], template: task.stdin }]),
]
