import { createHash } from 'node:crypto'
import { attachSecondary } from '../../errors/attach-secondary.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import { label } from '../../runtime/labels.ts'
import type { ImageJson, ProgressJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { detailOf, engineError, hasStatus } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { proxyEnv } from '../container/proxies.ts'
import { type BaseImage, baseImageCredentials, withNamedBases } from './base-images.ts'
import type { BuildContext } from './build-context.ts'
import { buildError } from './build-error.ts'
import { buildahRecord, buildkitRecord, classicRecord } from './build-record.ts'
import { readBuildSecrets } from './build-secrets.ts'
import { watchBuildSilence } from './build-silence.ts'
import type { Builder } from './builder.ts'
import { sendBuild } from './send-build.ts'
import type { WorkOptions } from './shared-work.ts'
import { layerMark } from './stage-layers.ts'

/** What an image is built from. */
export interface Build {
  readonly build: BuildSpec
  readonly context: BuildContext
  /** See {@link buildKey}. */
  readonly key: string
  readonly bases: readonly BaseImage[]
  /** Names of base images that are pinned, by the name in the Dockerfile; empty without pins. */
  readonly pinned: ReadonlyMap<string, string>
  readonly builder: Builder
}

/** Returns the hash of what is built together with what builds it: builders make other images of the same files. */
export const builtHash = (contentHash: string, { kind, platform }: Builder): string =>
  hashOf(contentHash, kind, platform)

/** Returns what decides about the result of a build: its {@link builtHash} and the ids of its base images. */
export const buildKey = (contentHash: string, baseIds: readonly string[]): string =>
  hashOf(contentHash, baseIds)

/** Returns the tag of the image that is built from content with this key. */
export const buildTag = (name: string, key: string): string =>
  `mesocosm/${name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')}:${key.slice(0, 16)}`

/**
 * Builds an image and labels it with its key. A failed build leaves no containers and no layers, and a build of several
 * stages only the last one.
 *
 * @throws {MesocosmError} `BUILD_FAILED` with the failing step in `details` and the last 40 lines of output in
 * `lastLogs`.
 */
export const buildImage = async (
  api: EngineApi,
  tag: string,
  what: Build,
  { onProgress, signal }: WorkOptions,
): Promise<void> => {
  const { build, context, key, bases, pinned, builder } = what
  const given = await readBuildSecrets(build)
  const { hide } = given
  const over = new AbortController()
  const stop = AbortSignal.any([over.signal, ...(signal === undefined ? [] : [signal])])
  using silence = watchBuildSilence({
    patience: api.patience,
    onProgress,
    onOver: (error) => over.abort(error),
  })
  const onStatus = silence.heard
  const record = recordOf[builder.kind]({ onProgress, onStatus, hide })
  try {
    const { platform } = builder
    const targetPlatform = build.platform ?? platform
    const named = { ...build, platform, targetPlatform }
    const recipe = withNamedBases(context.recipe, named, pinned)
    const proxies = await proxyEnv(api.endpoint).catch((error: unknown) => {
      onProgress?.(`proxies could not be read, building without: ${detailOf(error)}`)
      return {}
    })
    using sent = await sendBuild(api, { ...what, recipe, given }, stop)
    const stream = await api.stream('POST', '/build', {
      query: {
        ...sent.query,
        ...(builder.kind === 'buildah' ? layerMark(tag) : {}),
        t: tag,
        target: build.target,
        platform: build.platform,
        // Builders leave them out of the image and of what decides about their cache.
        buildargs: { ...proxies, ...build.args },
        labels: {
          [label.made]: '1',
          [label.contextHash]: context.hash,
          [label.contentHash]: key,
        },
        rm: 1,
        forcerm: 1,
      },
      ...(sent.file === undefined ? { long: true } : { file: sent.file }),
      registries: await baseImageCredentials(bases, { signal: stop }),
      signal: stop,
    })
    for await (const line of readJsonLines<ProgressJson>(stream)) {
      if (line.error !== undefined) throw new Error(line.errorDetail?.message ?? line.error)
      record.add(line)
    }
  } catch (error) {
    const cause = over.signal.aborted ? over.signal.reason : error
    const { recipe } = context
    const failure = buildError(cause, { tag, build, recipe, record, builder, hide })
    // The first failure is the one to report.
    await removeLayers(api, record.layers()).catch((second: unknown) =>
      attachSecondary(failure, second),
    )
    throw failure
  }
  if (builder.kind === 'classic') await removeStages(api, tag, record.layers())
}

// ---

const recordOf = { buildkit: buildkitRecord, classic: classicRecord, buildah: buildahRecord }

const hashOf = (...values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex')

/** Removes stages that the image was not made from; its own layers have children and stay. */
const removeStages = async (
  api: EngineApi,
  tag: string,
  layers: readonly string[],
): Promise<void> => {
  if (layers.length === 0) return
  const { Id: id } = await api.json<ImageJson>('GET', `/images/${encodeURI(tag)}/json`)
  const own = id.replace('sha256:', '')
  await removeLayers(
    api,
    layers.filter((layer) => !own.startsWith(layer)),
  )
}

// With a layer, the engine removes its unused parents.
const removeLayers = async (api: EngineApi, layers: readonly string[]): Promise<void> => {
  for (const layer of layers.toReversed()) {
    try {
      await api.json('DELETE', `/images/${segment(layer)}`, { query: { force: 0 } })
    } catch (error) {
      // 404: removed with its child. 409: another image uses it.
      if (!hasStatus(error, 404, 409))
        throw engineError(error, 'layers of a failed build could not be removed')
    }
  }
}
