import { isAbsolute, resolve } from 'node:path'
import type { Path } from '../../graph/references.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Every service must have exactly one source. */
export const oneSource: Rule = ({ spec, doubtful }) =>
  Object.entries(spec.services).flatMap(([name, service]): Fault[] => {
    const present = sources.filter((key) => service[key] !== undefined || doubtful(name, key))
    if (present.length === 1) return []
    if (present.length === 0) return [faultAt(name, [], 'needs one of image, build and from')]
    return [
      faultAt(name, [], `has ${present.join(' and ')}; use only one of image, build and from`),
    ]
  })

/** A task in a container of its own needs exactly one source, and cannot read stdin. */
export const taskContainers: Rule = ({ spec }) =>
  Object.entries(spec.services).flatMap(([name, { tasks }]) =>
    (tasks?.setup ?? []).flatMap(({ container, stdin }, index): Fault[] => {
      if (container === undefined) return []
      const at = ['tasks', 'setup', index]
      const one = (container.image === undefined) !== (container.build === undefined)
      return [
        ...(one
          ? []
          : [faultAt(name, [...at, 'container'], 'needs exactly one of image and build')]),
        ...(stdin === undefined
          ? []
          : [faultAt(name, [...at, 'stdin'], 'cannot be used with container')]),
      ]
    }),
  )

/** Files and folders of the host must exist. */
export const hostFiles: Rule = ({ spec, exists }) =>
  Object.entries(spec.services).flatMap(([name, { build, files, mounts = [], tasks }]) => [
    ...buildFaults(name, ['build'], build, exists),
    ...fileFaults(name, ['files'], files, exists),
    ...(tasks?.setup ?? []).flatMap(({ container }, index) => {
      const at = ['tasks', 'setup', index, 'container']
      return [
        ...buildFaults(name, [...at, 'build'], container?.build, exists),
        ...fileFaults(name, [...at, 'files'], container?.files, exists),
      ]
    }),
    ...mounts.flatMap(({ from }, index) =>
      exists(from) ? [] : [faultAt(name, ['mounts', index, 'from'], `there is no ${from}`)],
    ),
  ])

/** Mesocosm's own labels cannot be set. */
export const labels: Rule = ({ spec }) =>
  Object.entries(spec.services).flatMap(([name, service]) =>
    Object.keys(service.labels ?? {})
      .filter((key) => key.startsWith('dev.mesocosm'))
      .map((key) =>
        faultAt(name, ['labels', key], 'labels that start with "dev.mesocosm" are reserved'),
      ),
  )

// ---

const sources = ['image', 'build', 'from'] as const

const fileFaults = (
  name: string,
  path: Path,
  files: ServiceSpec['files'] = [],
  exists: (path: string) => boolean,
): Fault[] =>
  files.flatMap(({ from, content }, index): Fault[] => {
    const at = [...path, index]
    if (from !== undefined && content !== undefined) {
      return [faultAt(name, at, 'has from and content; use only one of them')]
    }
    if (from === undefined) {
      return content === undefined ? [faultAt(name, at, 'needs one of from and content')] : []
    }
    return exists(from) ? [] : [faultAt(name, [...at, 'from'], `there is no ${from}`)]
  })

const buildFaults = (
  name: string,
  at: Path,
  build: ServiceSpec['build'],
  exists: (path: string) => boolean,
): Fault[] => {
  if (build === undefined) return []
  const { context, dockerfile, dockerfileInline } = build
  const both = dockerfile !== undefined && dockerfileInline !== undefined
  const faults = both
    ? [faultAt(name, at, 'has dockerfile and dockerfileInline; use only one of them')]
    : []
  if (!exists(context)) return [...faults, faultAt(name, at, `there is no folder ${context}`)]
  if (dockerfileInline !== undefined) return faults
  const file = dockerfile ?? 'Dockerfile'
  if (exists(resolve(context, file))) return []
  const where = isAbsolute(file) ? '' : ` in ${context}`
  return [faultAt(name, at, `there is no ${file}${where}`)]
}
