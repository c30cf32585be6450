import { stripVTControlCharacters } from 'node:util'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import { label } from '../../runtime/labels.ts'
import type { ProgressJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { detailOf, engineError, hasStatus } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { tarOf } from '../api/tar.ts'
import { baseImageCredentials } from './base-images.ts'
import type { BuildContext } from './build-context.ts'
import type { WorkOptions } from './shared-work.ts'

/** Tag of the image that a build folder with this content makes. */
export const buildTag = (name: string, hash: string): string =>
  `mesocosm/${name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-')}:${hash.slice(0, 16)}`

/**
 * Builds an image and labels it with its content hash.
 *
 * @throws {MesocosmError} `BUILD_FAILED` with the failing step in `details` and the last 40 lines of output
 * in `lastLogs`. Then neither containers nor layers of the failed build stay behind.
 */
export const buildImage = async (
  api: EngineApi,
  tag: string,
  build: BuildSpec,
  context: BuildContext,
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
        labels: { [label.made]: '1', [label.contentHash]: context.hash },
        rm: 1,
        forcerm: 1,
      },
      file: tarOf(context.entries),
      registries: await baseImageCredentials(context.recipe),
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

/** What the build said: its last lines, the step it was in, the layers it made itself. */
const createRecord = (onProgress: WorkOptions['onProgress']) => {
  const lines: string[] = []
  const layers: string[] = []
  let step: string | undefined
  let rest = ''
  let cached = false
  const addLine = (raw: string) => {
    // The engine paints what a step writes to stderr.
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

// The engine takes the parents that nothing else uses along with a layer.
const removeLayers = async (api: EngineApi, layers: readonly string[]): Promise<void> => {
  for (const layer of layers.toReversed()) {
    try {
      await api.json('DELETE', `/images/${segment(layer)}`, { query: { force: 0 } })
    } catch (error) {
      // 404: went along with its child. 409: another image is made from it, so it is not only ours.
      if (!hasStatus(error, 404, 409))
        throw engineError(error, 'A failed build could not be cleaned up')
    }
  }
}

const buildError = (
  cause: unknown,
  tag: string,
  build: BuildSpec,
  record: ReturnType<typeof createRecord>,
): MesocosmError => {
  const general = engineError(cause, `The image ${tag} could not be built`, {}, 'BUILD_FAILED')
  if (general.code !== 'BUILD_FAILED' && general.code !== 'IMAGE_NOT_FOUND') return general
  const lastLogs = record.end()
  const step = record.step()
  return new MesocosmError({
    code: 'BUILD_FAILED',
    message: `The image of ${build.context} could not be built: ${detailOf(cause)}`,
    remedy: 'Mend the Dockerfile or what it copies; the last lines above are the build’s own.',
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
