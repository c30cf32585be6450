import { resolve } from 'node:path'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Every service comes from one place. */
export const oneSource: Rule = ({ spec, doubtful }) =>
  Object.entries(spec.services).flatMap(([name, service]): Fault[] => {
    const present = sources.filter((key) => service[key] !== undefined || doubtful(name, key))
    if (present.length === 1) return []
    if (present.length === 0) return [faultAt(name, [], 'has none of image, build and from')]
    return [
      faultAt(name, [], `has ${present.join(' and ')}; one of image, build and from is enough`),
    ]
  })

/** What is taken from the host is there. */
export const hostFiles: Rule = ({ spec, exists }) =>
  Object.entries(spec.services).flatMap(([name, { build, files = [], mounts = [] }]) => [
    ...(build === undefined ? [] : buildFaults(name, build, exists)),
    ...files.flatMap(({ from, content }, index): Fault[] => {
      const at = ['files', index]
      if (from !== undefined && content !== undefined) {
        return [faultAt(name, at, 'has from and content; one of them is enough')]
      }
      if (from === undefined) {
        return content === undefined ? [faultAt(name, at, 'has neither from nor content')] : []
      }
      return exists(from) ? [] : [faultAt(name, [...at, 'from'], `there is no ${from}`)]
    }),
    ...mounts.flatMap(({ from }, index) =>
      exists(from) ? [] : [faultAt(name, ['mounts', index, 'from'], `there is no ${from}`)],
    ),
  ])

/** Labels that mean something to us are ours. */
export const labels: Rule = ({ spec }) =>
  Object.entries(spec.services).flatMap(([name, service]) =>
    Object.keys(service.labels ?? {})
      .filter((key) => key.startsWith('dev.mesocosm'))
      .map((key) =>
        faultAt(name, ['labels', key], 'labels that start with "dev.mesocosm" are taken'),
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
