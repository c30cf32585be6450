import { createHash } from 'node:crypto'
import type { BuildSpec } from '../../model/service-spec.ts'
import { label } from '../../runtime/labels.ts'
import type { ImageJson, ProgressJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { engineError, hasStatus } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { tarOf } from '../api/tar.ts'
import { type BaseImage, baseImageCredentials } from './base-images.ts'
import type { BuildContext } from './build-context.ts'
import { buildError } from './build-error.ts'
import { buildkitRecord, classicRecord } from './build-record.ts'
import type { Builder } from './builder.ts'
import type { WorkOptions } from './shared-work.ts'

/** What an image is built from. */
export interface Build {
  readonly build: BuildSpec
  readonly context: BuildContext
  /** See {@link buildKey}. */
  readonly key: string
  readonly bases: readonly BaseImage[]
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
 * Builds an image and labels it with its key. A failed build leaves no containers and no layers.
 *
 * @throws {MesocosmError} `BUILD_FAILED` with the failing step in `details` and the last 40 lines of output in
 * `lastLogs`.
 */
export const buildImage = async (
  api: EngineApi,
  tag: string,
  { build, context, key, bases, builder }: Build,
  { onProgress, signal }: WorkOptions,
): Promise<void> => {
  const isBuildkit = builder.kind === 'buildkit'
  const record = (isBuildkit ? buildkitRecord : classicRecord)(onProgress)
  try {
    const { entries, dockerfile } = context.send(!(await haveTriggers(api, bases)))
    const stream = await api.stream('POST', '/build', {
      query: {
        ...(isBuildkit ? { version: 2 } : {}),
        t: tag,
        dockerfile,
        target: build.target,
        buildargs: build.args ?? {},
        labels: {
          [label.made]: '1',
          [label.contextHash]: context.hash,
          [label.contentHash]: key,
        },
        rm: 1,
        forcerm: 1,
      },
      file: tarOf(entries),
      registries: await baseImageCredentials(bases),
      ...(signal === undefined ? {} : { signal }),
    })
    for await (const line of readJsonLines<ProgressJson>(stream)) {
      if (line.error !== undefined) throw new Error(line.errorDetail?.message ?? line.error)
      record.add(line)
    }
  } catch (error) {
    await removeLayers(api, record.layers())
    throw buildError(error, { tag, build, recipe: context.recipe, record })
  }
}

// ---

const hashOf = (...values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('hex')

/** Returns whether `ONBUILD` of a base image may copy files, which it names without the folder. */
const haveTriggers = async (api: EngineApi, bases: readonly BaseImage[]): Promise<boolean> => {
  const found = await Promise.all(
    bases.map(async ({ reference }) => {
      try {
        return await api.json<ImageJson>('GET', `/images/${encodeURI(reference)}/json`)
      } catch (error) {
        // One of another platform is pulled by the engine.
        if (hasStatus(error, 404, 400)) return undefined
        throw error
      }
    }),
  )
  return found.some((image) => (image?.Config?.OnBuild ?? []).length > 0)
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
