import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import { detailOf, engineError } from '../api/errors.ts'
import type { BuildRecord } from './build-record.ts'
import { syntaxOf } from './dockerfile.ts'
import { buildkitFeatures } from './dockerfile-features.ts'
import { withoutContextFolder } from './move-context.ts'

/** A build that failed. */
export interface FailedBuild {
  /** Name of the image. */
  readonly tag: string
  readonly build: BuildSpec
  /** Content of the Dockerfile. */
  readonly recipe: string
  readonly record: BuildRecord
}

/** Returns the `MesocosmError` for a build that failed. */
export const buildError = (
  cause: unknown,
  { tag, build, recipe, record }: FailedBuild,
): MesocosmError => {
  const general = engineError(cause, `image ${tag} could not be built`, {}, 'BUILD_FAILED')
  if (general.code !== 'BUILD_FAILED' && general.code !== 'IMAGE_NOT_FOUND') return general
  const lastLogs = record.lastLines()
  const step = record.step()
  const detail = withoutContextFolder(detailOf(cause))
  const verdict = verdictOf(detail, { build, recipe, step, lastLogs })
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

interface Seen {
  readonly build: BuildSpec
  readonly recipe: string
  readonly step: string | undefined
  readonly lastLogs: readonly string[]
}

interface Verdict {
  readonly code: 'IMAGE_PULL_FAILED' | 'DISK_FULL' | 'BUILD_FAILED'
  /** Before the words of the engine. */
  readonly why?: string
  readonly remedy: string
}

const verdictOf = (
  detail: string,
  { build, recipe, step = '', lastLogs }: Seen,
): Verdict | undefined => {
  const syntax = syntaxOf(recipe)
  if (syntax !== undefined && step.startsWith('resolve image config for'))
    return {
      code: 'IMAGE_PULL_FAILED',
      why: `line ${syntax.line} asks for the frontend image ${syntax.value}, which could not be pulled: `,
      remedy: `pull it on the engine (\`docker pull ${syntax.value}\`), or remove the line: the engine has a frontend of its own`,
    }
  const full = lastLogs.find((line) => /no space left on device/i.test(line))
  if (full !== undefined)
    return {
      code: 'DISK_FULL',
      why: `${full}: `,
      remedy: 'free space on the disk of the engine (`docker system df` shows what takes it)',
    }
  if (detail.includes('no active sessions'))
    return {
      code: 'BUILD_FAILED',
      why: 'BuildKit asks the client for credentials, which are given only to pulls before the build: ',
      remedy:
        'pull the images that the Dockerfile names on the engine (`docker pull`), each for the platform of its `FROM`',
    }
  const features = buildkitFeatures(recipe, build.args)
  if (syntax === undefined && features.length > 0 && /unknown (instruction|flag)/i.test(detail))
    return {
      code: 'BUILD_FAILED',
      why: `the frontend of this engine may be too old for ${features.map(({ line, name }) => `${name} (line ${line})`).join(', ')}: `,
      remedy:
        'begin the Dockerfile with `# syntax=docker/dockerfile:1`, which pulls a newer frontend, or update the engine',
    }
  return undefined
}
