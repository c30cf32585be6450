import type { ErrorCode } from '../../errors/codes.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ProgressJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { detailOf, engineError } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { credentials, type Login } from './credentials.ts'
import { parseImageReference } from './image-reference.ts'
import type { WorkOptions } from './shared-work.ts'

/** Pulls an image with the credentials of the user's Docker configuration. */
export const pullImage = async (
  api: EngineApi,
  reference: string,
  { onProgress, signal }: WorkOptions,
): Promise<void> => {
  const { registry, repository, tag } = parseImageReference(reference)
  const login = await credentials(registry, { signal })
  if (login.failure !== undefined) onProgress?.(login.failure)
  try {
    const stream = await api.stream('POST', '/images/create', {
      query: { fromImage: repository, tag },
      long: true,
      ...(login.auth === undefined ? {} : { auth: login.auth }),
      ...(signal === undefined ? {} : { signal }),
    })
    for await (const line of readJsonLines<ProgressJson>(stream)) {
      if (line.error !== undefined) throw new Error(line.errorDetail?.message ?? line.error)
      if (line.status !== undefined) onProgress?.(progressText(line))
    }
  } catch (error) {
    throw pullError(error, reference, login)
  }
}

// ---

const progressText = ({ id, status, progress }: ProgressJson): string =>
  [...(id === undefined ? [] : [`${id}:`]), status, ...(progress ? [progress] : [])].join(' ')

const pullError = (cause: unknown, reference: string, login: Login): MesocosmError => {
  const detail = detailOf(cause)
  const verdict = verdicts.find(({ pattern }) => pattern.test(detail))
  const doing = `image ${reference} could not be pulled`
  const general = engineError(cause, doing, { image: reference }, 'IMAGE_PULL_FAILED')
  if (verdict === undefined && general.code !== 'IMAGE_PULL_FAILED') return general
  return new MesocosmError({
    code: verdict?.code ?? 'IMAGE_PULL_FAILED',
    message: `${doing}: ${detail}`,
    remedy:
      verdict?.remedy ??
      `check the network between the engine and the registry (\`docker pull ${reference}\`)`,
    facts: { image: reference },
    ...(login.failure === undefined ? {} : { details: [login.failure] }),
    cause,
  })
}

const verdicts: readonly { pattern: RegExp; code: ErrorCode; remedy: string }[] = [
  {
    pattern: /toomanyrequests|rate limit/i,
    code: 'IMAGE_PULL_FAILED',
    remedy: 'log in with `docker login`, or use a mirror; the registry limits anonymous pulls',
  },
  {
    pattern: /pull access denied|unauthorized|denied:|authentication required|no basic auth/i,
    code: 'IMAGE_PULL_DENIED',
    remedy: 'check the image name; for a private image run `docker login <registry>` first',
  },
  {
    pattern: /manifest unknown|not found|invalid reference format|repository name must be/i,
    code: 'IMAGE_NOT_FOUND',
    remedy: 'check the image name and tag',
  },
]
