import type { DebugSources, ServiceSpec } from '../model/service-spec.ts'

/**
 * Returns where the source files of a service are on this machine and in the service: `debug.sources`; else the mount
 * that contains the working folder; else the build folder and the working folder.
 * `undefined` if none is known, such as for an image that is not built here.
 *
 * @param imageWorkdir working folder that the image sets; default `/`.
 */
export const sourcesOf = (
  spec: Pick<ServiceSpec, 'debug' | 'build' | 'workdir' | 'mounts'>,
  imageWorkdir = '/',
): DebugSources | undefined => {
  if (spec.debug?.sources !== undefined) return spec.debug.sources
  const remote = normal(spec.workdir ?? imageWorkdir)
  // What is mounted hides what was built in.
  const mount = spec.mounts?.find(({ to }) => isWithin(normal(to), remote))
  if (mount !== undefined) return { local: mount.from, remote: normal(mount.to) }
  return spec.build === undefined ? undefined : { local: spec.build.context, remote }
}

// ---

const normal = (path: string): string => path.replace(/(?<=.)\/+$/, '')

const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`)
