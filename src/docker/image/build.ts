import { createHash } from 'node:crypto'
import { stripVTControlCharacters } from 'node:util'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import { label } from '../../runtime/labels.ts'
import type { ProgressJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { detailOf, engineError, hasStatus } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { tarOf } from '../api/tar.ts'
import { type BaseImage, baseImageCredentials } from './base-images.ts'
import type { BuildContext } from './build-context.ts'
import type { WorkOptions } from './shared-work.ts'

/** What an image is built from. */
export interface Build {
  readonly build: BuildSpec
  readonly context: BuildContext
  /** See {@link buildKey}. */
  readonly key: string
  readonly bases: readonly BaseImage[]
}

/** Returns what decides about the result of a build: its own content and the ids of its base images. */
export const buildKey = (contentHash: string, baseIds: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([contentHash, baseIds]))
    .digest('hex')

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
  { build, context, key, bases }: Build,
  { onProgress, signal }: WorkOptions,
): Promise<void> => {
  const record = createRecord(onProgress)
  try {
    const stream = await api.stream('POST', '/build', {
      query: {
        t: tag,
        dockerfile: context.dockerfile,
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
      file: tarOf(context.entries()),
      registries: await baseImageCredentials(bases),
      ...(signal === undefined ? {} : { signal }),
    })
    for await (const line of readJsonLines<ProgressJson>(stream)) {
      if (line.error !== undefined) throw new Error(line.errorDetail?.message ?? line.error)
      record.add(line)
    }
  } catch (error) {
    await removeLayers(api, record.layers())
    throw buildError(error, tag, build, record)
  }
}

// ---

/** Collects the output of a build: its last lines, its current step, the layers that it made. */
const createRecord = (onProgress: WorkOptions['onProgress']) => {
  const lines: string[] = []
  const layers: string[] = []
  let step: string | undefined
  let rest = ''
  let cached = false
  const addLine = (raw: string) => {
    // The engine colours the stderr of a step.
    const line = stripVTControlCharacters(raw)
    if (line.trim() === '' || line.startsWith('Removing intermediate container')) return
    lines.push(line)
    if (lines.length > 40) lines.shift()
    if (/^Step \d+\/\d+ : /.test(line)) [step, cached] = [line, false]
    if (line.includes('---> Using cache')) cached = true
    const layer = /^ ---> ([0-9a-f]{12})$/.exec(line)?.[1]
    if (layer !== undefined && !cached && !step?.includes(' : FROM ')) layers.push(layer)
    onProgress?.(line)
  }
  return {
    add({ stream, status, id }: ProgressJson): void {
      if (status !== undefined) onProgress?.(id === undefined ? status : `${id}: ${status}`)
      const parts = (rest + (stream ?? '')).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) addLine(part.replace(/\r$/, ''))
    },
    end(): readonly string[] {
      addLine(rest)
      return lines
    },
    step: () => step,
    layers: () => layers,
  }
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

const buildError = (
  cause: unknown,
  tag: string,
  build: BuildSpec,
  record: ReturnType<typeof createRecord>,
): MesocosmError => {
  const general = engineError(cause, `image ${tag} could not be built`, {}, 'BUILD_FAILED')
  if (general.code !== 'BUILD_FAILED' && general.code !== 'IMAGE_NOT_FOUND') return general
  const lastLogs = record.end()
  const step = record.step()
  return new MesocosmError({
    code: 'BUILD_FAILED',
    message: `${build.context} could not be built: ${detailOf(cause)}`,
    remedy:
      'fix the Dockerfile or the files it copies; the lines above are the output of the build',
    facts: {
      image: tag,
      context: build.context,
      dockerfile: build.dockerfile ?? 'Dockerfile',
      ...(step === undefined ? {} : { step }),
    },
    ...(step === undefined ? {} : { details: [step] }),
    lastLogs,
    cause,
  })
}
