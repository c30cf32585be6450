import { resolve } from 'node:path'
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

/** Files and folders of the host must exist. */
export const hostFiles: Rule = ({ spec, exists }) =>
  Object.entries(spec.services).flatMap(([name, { build, files = [], mounts = [] }]) => [
    ...(build === undefined ? [] : buildFaults(name, build, exists)),
    ...files.flatMap(({ from, content }, index): Fault[] => {
      const at = ['files', index]
      if (from !== undefined && content !== undefined) {
        return [faultAt(name, at, 'has from and content; use only one of them')]
      }
      if (from === undefined) {
        return content === undefined ? [faultAt(name, at, 'needs one of from and content')] : []
      }
      return exists(from) ? [] : [faultAt(name, [...at, 'from'], `there is no ${from}`)]
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

const buildFaults = (
  name: string,
  { context, dockerfile = 'Dockerfile' }: NonNullable<ServiceSpec['build']>,
  exists: (path: string) => boolean,
): Fault[] => {
  if (!exists(context)) return [faultAt(name, ['build'], `there is no folder ${context}`)]
  if (exists(resolve(context, dockerfile))) return []
  return [faultAt(name, ['build'], `there is no ${dockerfile} in ${context}`)]
}
