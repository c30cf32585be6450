import { isAbsolute, resolve } from 'node:path'
import type { Path } from '../../graph/references.ts'
import type { BuildSecretSpec, BuildSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule, Subject } from './rule.ts'

/** Options of builds must fit together, and their files must exist. */
export const builds: Rule = ({ spec, exists }) =>
  Object.entries(spec.services).flatMap(([name, { build, platform, tasks }]) => [
    ...buildFaults(name, ['build'], build, exists),
    ...platformFaults(name, ['build'], build, platform),
    ...(tasks?.setup ?? []).flatMap(({ container }, index) => {
      const at = ['tasks', 'setup', index, 'container', 'build']
      return [
        ...buildFaults(name, at, container?.build, exists),
        ...platformFaults(name, at, container?.build, container?.platform),
      ]
    }),
  ])

// ---

type Exists = Subject['exists']

const buildFaults = (
  name: string,
  at: Path,
  build: BuildSpec | undefined,
  exists: Exists,
): readonly Fault[] => {
  if (build === undefined) return []
  const { context, dockerfile, dockerfileInline } = build
  const both = dockerfile !== undefined && dockerfileInline !== undefined
  const faults = [
    ...(both
      ? [faultAt(name, at, 'has dockerfile and dockerfileInline; use only one of them')]
      : []),
    ...Object.entries(build.secrets ?? {}).flatMap(([id, secret]) =>
      secretFaults(name, [...at, 'secrets', id], secret, exists),
    ),
  ]
  if (!exists(context)) return [...faults, faultAt(name, at, `there is no folder ${context}`)]
  if (dockerfileInline !== undefined) return faults
  const file = dockerfile ?? 'Dockerfile'
  if (exists(resolve(context, file))) return faults
  const where = isAbsolute(file) ? '' : ` in ${context}`
  return [...faults, faultAt(name, at, `there is no ${file}${where}`)]
}

const secretFaults = (
  name: string,
  at: Path,
  { file, env, secret }: BuildSecretSpec,
  exists: Exists,
): readonly Fault[] => {
  const isValue = env !== undefined || secret !== undefined
  if (file === undefined)
    return isValue ? [] : [faultAt(name, at, 'needs one of { env }, { file } and secret(…)')]
  if (isValue) return [faultAt(name, at, 'has a file and a value; use only one of them')]
  return exists(file) ? [] : [faultAt(name, [...at, 'file'], `there is no ${file}`)]
}

const platformFaults = (
  name: string,
  at: Path,
  build: BuildSpec | undefined,
  platform: string | undefined,
): readonly Fault[] =>
  platform === undefined || build?.platform === undefined || build.platform === platform
    ? []
    : [
        faultAt(
          name,
          [...at, 'platform'],
          `is ${build.platform}, but its container is for ${platform}; leave it out`,
        ),
      ]
