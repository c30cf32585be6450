import type { ProgressJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { credentials } from './credentials.ts'
import { parseImageReference } from './image-reference.ts'
import { pullError } from './pull-error.ts'
import { watchSilence } from './pull-silence.ts'
import type { WorkOptions } from './shared-work.ts'

/**
 * Pulls an image with the credentials of the user's Docker configuration. A registry that says nothing is reported in
 * the progress, and ends the pull after a time; see `Patience`.
 *
 * @param platform default that of the engine.
 */
export const pullImage = async (
  api: EngineApi,
  reference: string,
  { onProgress, signal }: WorkOptions,
  platform?: string,
): Promise<void> => {
  const { registry, repository, tag } = parseImageReference(reference)
  const login = await credentials(registry, { signal })
  if (login.failure !== undefined) onProgress?.(login.failure)
  const over = new AbortController()
  using silence = watchSilence({
    registry: registry ?? 'docker.io',
    patience: api.patience,
    onProgress,
    onOver: (error) => over.abort(error),
  })
  try {
    const stream = await api.stream('POST', '/images/create', {
      query: { fromImage: repository, tag, platform },
      long: true,
      signal: AbortSignal.any([over.signal, ...(signal === undefined ? [] : [signal])]),
      ...(login.auth === undefined ? {} : { auth: login.auth }),
    })
    for await (const line of readJsonLines<ProgressJson>(stream)) {
      if (line.error !== undefined) throw new Error(line.errorDetail?.message ?? line.error)
      silence.heard(line)
      if (line.status !== undefined) onProgress?.(progressText(line))
    }
  } catch (error) {
    throw pullError(over.signal.aborted ? over.signal.reason : error, reference, login)
  }
}

// ---

const progressText = ({ id, status, progress }: ProgressJson): string =>
  [...(id === undefined ? [] : [`${id}:`]), status, ...(progress ? [progress] : [])].join(' ')
