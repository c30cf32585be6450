import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import { dockerfileOf } from './build-error.ts'
import type { Builder } from './builder.ts'
import { buildkitFeatures, type Feature, sessionFeatures } from './dockerfile-features.ts'

/**
 * Refuses what a builder cannot do, before it builds something else.
 *
 * @throws {MesocosmError} `BUILD_FAILED` with every such line in `details`.
 */
export const refuseUnbuildable = (
  recipe: string,
  { kind }: Pick<Builder, 'kind'>,
  build: BuildSpec,
): void => {
  const session = sessionFeatures(recipe)
  if (session.length > 0)
    throw refusal(build, session, {
      code: 'BUILD_FAILED',
      why: 'secrets and SSH agents cannot be mounted in a build',
      remedy: 'build the image with `docker build` and name it as `image`',
    })
  if (kind !== 'classic') return
  const missing = buildkitFeatures(recipe, build.args)
  if (missing.length > 0)
    throw refusal(build, missing, {
      code: 'BUILD_FAILED',
      why: 'the engine has no BuildKit, which the Dockerfile needs',
      remedy:
        'turn BuildKit on for the engine, or build the image elsewhere and name it as `image`',
    })
}

// ---

interface Reason {
  readonly code: 'BUILD_FAILED'
  readonly why: string
  readonly remedy: string
}

const refusal = (
  build: BuildSpec,
  features: readonly Feature[],
  { code, why, remedy }: Reason,
): MesocosmError => {
  const lines = features.map(({ line, name }) => `line ${line}: ${name}`)
  return new MesocosmError({
    code,
    message: `${build.context} could not be built: ${why}: ${lines.join(', ')}`,
    remedy,
    facts: {
      context: build.context,
      dockerfile: dockerfileOf(build),
      line: features[0]?.line ?? 1,
    },
    details: lines,
  })
}
