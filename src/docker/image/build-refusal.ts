import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import type { ApiFailure } from '../api/errors.ts'
import { dockerfileOf } from './build-error.ts'
import type { Builder } from './builder.ts'
import { syntaxOf } from './dockerfile.ts'
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
  const agents = sessionFeatures(recipe).filter(
    ({ type, id }) => type === 'ssh' && Object.hasOwn(build.ssh ?? {}, id),
  )
  if (kind === 'buildah' && agents.length > 0)
    throw refusal(build, agents, {
      why: 'the API of this engine takes no SSH agents for a build',
      remedy:
        'build the image with `podman build` and name it as `image`, or use an engine with BuildKit',
    })
  const frontend = kind === 'buildah' ? syntaxOf(recipe) : undefined
  if (frontend !== undefined && !isDockers(frontend.value))
    throw refusal(build, [{ line: frontend.line, name: `# syntax=${frontend.value}` }], {
      why: 'the builder of Podman ignores the frontend that the Dockerfile names',
      remedy: 'build the image elsewhere and name it as `image`, or use an engine with BuildKit',
    })
  if (kind !== 'classic') return
  const missing = buildkitFeatures(recipe, build.args)
  if (missing.length > 0)
    throw refusal(build, missing, {
      why: 'the engine has no BuildKit, which the Dockerfile needs',
      remedy:
        'turn BuildKit on for the engine, or build the image elsewhere and name it as `image`',
    })
}

/** Returns the error for a build that an engine without sessions cannot do. */
export const sessionError = (
  build: BuildSpec,
  needs: readonly string[],
  cause: ApiFailure,
): MesocosmError =>
  new MesocosmError({
    code: 'BUILD_FAILED',
    message: `${build.context} could not be built: the engine refuses a session, which it needs for ${needs.join(', ')}: ${cause.message}`,
    remedy:
      'allow `POST /session` if a proxy is in front of the engine, or build the image with `docker build` and name it as `image`',
    facts: { context: build.context, dockerfile: dockerfileOf(build), status: cause.status },
    details: needs,
    cause,
  })

// ---

/** Frontends of Docker itself, from any registry, read what the builder of Podman reads. */
const isDockers = (frontend: string): boolean =>
  /(?:^|\/)docker\/dockerfile(?:-upstream)?(?:[:@]|$)/.test(frontend)

interface Reason {
  readonly why: string
  readonly remedy: string
}

const refusal = (
  build: BuildSpec,
  features: readonly Feature[],
  { why, remedy }: Reason,
): MesocosmError => {
  const lines = features.map(({ line, name }) => `line ${line}: ${name}`)
  return new MesocosmError({
    code: 'BUILD_FAILED',
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
