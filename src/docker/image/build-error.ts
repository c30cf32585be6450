import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import { detailOf, engineError } from '../api/errors.ts'
import type { BuildRecord } from './build-record.ts'
import type { Builder } from './builder.ts'
import { syntaxOf } from './dockerfile.ts'
import { buildkitFeatures, sessionFeatures } from './dockerfile-features.ts'

/** A build that failed. */
export interface FailedBuild {
  /** Name of the image. */
  readonly tag: string
  readonly build: BuildSpec
  /** Content of the Dockerfile. */
  readonly recipe: string
  readonly record: BuildRecord
  readonly builder: Builder
  /** Returns text without secrets. */
  readonly hide: (text: string) => string
}

/** Returns the `MesocosmError` for a build that failed. */
export const buildError = (
  cause: unknown,
  { tag, build, recipe, record, builder, hide }: FailedBuild,
): MesocosmError => {
  const general = engineError(cause, `image ${tag} could not be built`, {}, 'BUILD_FAILED')
  if (general.code !== 'BUILD_FAILED' && general.code !== 'IMAGE_NOT_FOUND') return general
  const lastLogs = record.lastLines()
  const step = record.step()
  const detail = hide(detailOf(cause))
  const verdict = verdictOf(detail, { build, recipe, step, lastLogs, builder })
  return new MesocosmError({
    code: verdict?.code ?? 'BUILD_FAILED',
    message: `${build.context} could not be built: ${verdict?.why ?? ''}${detail}`,
    remedy:
      verdict?.remedy ??
      'fix the Dockerfile or the files it copies; the lines above are the output of the build',
    facts: {
      image: tag,
      context: build.context,
      dockerfile: dockerfileOf(build),
      ...(step === undefined ? {} : { step }),
    },
    ...(step === undefined ? {} : { details: [step] }),
    lastLogs,
    cause,
  })
}

/** Returns how errors name the Dockerfile of a build. */
export const dockerfileOf = ({ dockerfile, dockerfileInline }: BuildSpec): string =>
  dockerfileInline === undefined ? (dockerfile ?? 'Dockerfile') : 'dockerfileInline'

// ---

/** Instructions and flags that are right, but newer than the builder, or wrong: it does not tell them apart. */
const unknownToPodman = /is not supported$|only supports the|unknown (instruction|flag)/im

interface Seen {
  readonly build: BuildSpec
  readonly recipe: string
  readonly step: string | undefined
  readonly lastLogs: readonly string[]
  readonly builder: Builder
}

interface Verdict {
  readonly code: 'IMAGE_PULL_FAILED' | 'IMAGE_NOT_FOUND' | 'DISK_FULL' | 'BUILD_FAILED'
  /** Before the words of the engine. */
  readonly why?: string
  readonly remedy: string
}

/** Words of programs in a build: of the system, of npm, of apt. */
const fullDisk = /no space left on device|\bENOSPC\b|disk quota exceeded|have enough free space/i

const verdictOf = (
  detail: string,
  { build, recipe, step = '', lastLogs, builder }: Seen,
): Verdict | undefined => {
  const syntax = syntaxOf(recipe)
  if (syntax !== undefined && step.startsWith('resolve image config for'))
    return {
      code: 'IMAGE_PULL_FAILED',
      why: `line ${syntax.line} asks for the frontend image ${syntax.value}, which could not be pulled: `,
      remedy: `pull it on the engine (\`docker pull ${syntax.value}\`), or remove the line: the engine has a frontend of its own`,
    }
  const full = lastLogs.find((line) => fullDisk.test(line))
  if (full !== undefined)
    return {
      code: 'DISK_FULL',
      why: `${full}: `,
      remedy: 'free space on the disk of the engine (`docker system df` shows what takes it)',
    }
  if (/^(no word from the registry|the engine has reported nothing)/.test(detail))
    return {
      code: 'IMAGE_PULL_FAILED',
      why: `${step}: `,
      remedy: 'check the network between the engine and the registry',
    }
  if (/no match(ing manifest)? for (platform|\w+\/)/i.test(detail))
    return {
      code: 'IMAGE_NOT_FOUND',
      remedy: `choose a base image that has ${build.platform ?? builder.platform}, or set \`platform\` to one that it has; the engine must be able to emulate it`,
    }
  if (/exec format error/.test([detail, ...lastLogs].join('\n')))
    return {
      code: 'BUILD_FAILED',
      why: `the engine (${builder.platform}) cannot run programs of another platform: `,
      remedy:
        'install emulation where the engine runs (binfmt_misc with QEMU), or leave `platform` out',
    }
  const undeclared = sessionFeatures(recipe).filter(
    ({ type, id }) => !Object.hasOwn((type === 'ssh' ? build.ssh : build.secrets) ?? {}, id),
  )
  if (undeclared.length > 0 && step.includes('--mount'))
    return {
      code: 'BUILD_FAILED',
      remedy: `fix the Dockerfile, or declare what it mounts: ${undeclared
        .map(
          ({ type, id, line }) =>
            `${type} ${id} (line ${line}) in \`build.${type === 'ssh' ? 'ssh' : 'secrets'}\``,
        )
        .join(', ')}`,
    }
  if (detail.includes('no active sessions'))
    return {
      code: 'BUILD_FAILED',
      why: 'BuildKit asks the client for credentials, which are given only to pulls before the build: ',
      remedy:
        'pull the images that the Dockerfile names on the engine (`docker pull`), each for the platform of its `FROM`',
    }
  const features = buildkitFeatures(recipe, build.args)
  if (builder.kind === 'buildah' && unknownToPodman.test(detail)) {
    const names = features.map(({ line, name }) => `${name} (line ${line})`)
    return {
      code: 'BUILD_FAILED',
      why: `the builder of this Podman may be too old for ${names.length > 0 ? names.join(', ') : 'the Dockerfile'}: `,
      remedy: 'write the Dockerfile without it, or update Podman',
    }
  }
  if (syntax === undefined && features.length > 0 && /unknown (instruction|flag)/i.test(detail))
    return {
      code: 'BUILD_FAILED',
      why: `the frontend of this engine may be too old for ${features.map(({ line, name }) => `${name} (line ${line})`).join(', ')}: `,
      remedy:
        'begin the Dockerfile with `# syntax=docker/dockerfile:1`, which pulls a newer frontend, or update the engine',
    }
  return undefined
}
