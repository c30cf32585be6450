import type { Path } from '../../graph/references.ts'
import { localSpecOf, type ServiceSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Every service must have exactly one source. */
export const oneSource: Rule = ({ spec, doubtful }) =>
  Object.entries(spec.services).flatMap(([name, service]): Fault[] => {
    if (service.endpoint !== undefined || doubtful(name, 'endpoint')) return []
    const present = sources.filter((key) => service[key] !== undefined || doubtful(name, key))
    if (present.length === 1) return []
    if (present.length === 0) return [faultAt(name, [], 'needs one of image, build and from')]
    return [
      faultAt(name, [], `has ${present.join(' and ')}; use only one of image, build and from`),
    ]
  })

/** An endpoint has nothing but an address. */
export const endpoints: Rule = ({ spec, doubtful }) =>
  Object.entries(spec.services).flatMap(([name, service]): Fault[] => {
    if (service.endpoint === undefined) return []
    const ports = Object.entries(service.ports ?? {})
    return [
      ...Object.keys(service)
        .filter((key) => !ofEndpoint.has(key))
        .map((key) => faultAt(name, [key], 'cannot be used with endpoint')),
      ...(ports.length === 0 && !doubtful(name, 'ports')
        ? [faultAt(name, ['ports'], 'is missing; an endpoint needs a port')]
        : []),
      ...ports.flatMap(([port, { protocol }]) =>
        protocol === 'udp'
          ? [faultAt(name, ['ports', port, 'protocol'], 'must be "tcp" for an endpoint')]
          : [],
      ),
    ]
  })

/** A task in a container of its own needs exactly one source, and cannot read stdin. Processes have none. */
export const taskContainers: Rule = ({ spec }) =>
  Object.entries(spec.services).flatMap(([name, service]) => [
    ...(localSpecOf(service)?.tasks?.setup ?? []).flatMap(({ container }, index) =>
      container === undefined
        ? []
        : [
            faultAt(
              name,
              ['local', 'tasks', 'setup', index, 'container'],
              'cannot be used in a process; it starts a container',
            ),
          ],
    ),
    ...(service.tasks?.setup ?? []).flatMap(({ container, stdin }, index): Fault[] => {
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
  ])

/** Files and folders of the host must exist. */
export const hostFiles: Rule = ({ spec, exists }) =>
  Object.entries(spec.services).flatMap(([name, service]) => {
    const { files, mounts = [], tasks } = service
    return [
      ...fileFaults(name, ['files'], files, exists),
      ...fileFaults(name, ['local', 'files'], localSpecOf(service)?.files, exists),
      ...(tasks?.setup ?? []).flatMap(({ container }, index) => {
        const at = ['tasks', 'setup', index, 'container', 'files']
        return fileFaults(name, at, container?.files, exists)
      }),
      ...mounts.flatMap(({ from }, index) =>
        exists(from) ? [] : [faultAt(name, ['mounts', index, 'from'], `there is no ${from}`)],
      ),
    ]
  })

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

const ofEndpoint: ReadonlySet<string> = new Set<keyof ServiceSpec>([
  'endpoint',
  'ports',
  'aliases',
  'labels',
])

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
