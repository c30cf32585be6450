import type { ErrorCode } from '../../errors/codes.ts'
import { type ErrorFacts, isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'

/** The engine answered, and said no. Stays inside this room: callers see a `MesocosmError`. */
export class ApiFailure extends Error {
  readonly status: number
  /** The engine's own words. */
  readonly detail: string

  constructor(status: number, detail: string, cause?: unknown) {
    super(`${status} ${detail}`, { cause })
    this.name = 'ApiFailure'
    this.status = status
    this.detail = detail
  }
}

export const hasStatus = (error: unknown, ...statuses: readonly number[]): error is ApiFailure =>
  error instanceof ApiFailure && statuses.includes(error.status)

/**
 * What an engine's failure means in our words.
 *
 * @param doing what was tried, as a sentence without a full stop; becomes the start of the message.
 * @param fallback code when the engine's words match nothing known; default `ENGINE_FAILED`.
 */
export const engineError = (
  cause: unknown,
  doing: string,
  facts: ErrorFacts = {},
  fallback: ErrorCode = 'ENGINE_FAILED',
): MesocosmError => {
  if (isMesocosmError(cause)) return cause
  const detail = detailOf(cause)
  const meaning = meaningOf(cause, detail)
  const code = meaning?.code ?? fallback
  const remedy = meaning?.remedy ?? remedies[fallback]
  return new MesocosmError({
    code,
    message: `${doing}: ${detail}`,
    ...(remedy === undefined ? {} : { remedy }),
    facts,
    cause,
  })
}

/** `ENGINE_GONE` where the connection failed, the engine's own failure otherwise. */
export const goneError = (cause: unknown, endpoint: string): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_GONE',
    message: `The container engine at ${endpoint} does not answer: ${detailOf(cause)}`,
    remedy: 'Start the engine again (`docker info` tells whether it answers) and rerun.',
    facts: { endpoint },
    cause,
  })

export const isConnectionError = (error: unknown): boolean => {
  if (!(error instanceof Error) || error instanceof ApiFailure) return false
  const { code = '', syscall } = error as NodeJS.ErrnoException
  // A missing host file fails with the same codes as a missing socket.
  if (fileCodes.has(code)) return syscall === 'connect'
  return connectionCodes.has(code) || error.message.includes('socket hang up')
}

/** Returns an id as people know it from `docker ps`: 12 characters; a name stays as it is. */
export const shortId = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id)

export const detailOf = (cause: unknown): string =>
  cause instanceof ApiFailure
    ? cause.detail
    : cause instanceof Error
      ? cause.message || ((cause as NodeJS.ErrnoException).code ?? cause.name)
      : String(cause)

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
])

const fileCodes = new Set(['ENOENT', 'EACCES'])

interface Meaning {
  readonly code: ErrorCode
  readonly remedy: string
}

const meaningOf = (cause: unknown, detail: string): Meaning | undefined => {
  if (cause instanceof Error && cause.name === 'AbortError') {
    return { code: 'ABORTED', remedy: 'The caller gave up; run it again.' }
  }
  return meanings.find(({ pattern }) => pattern.test(detail))
}

// In the order of trust: a full disk may speak through any other failure.
const meanings: readonly (Meaning & { readonly pattern: RegExp })[] = [
  {
    code: 'DISK_FULL',
    pattern: /no space left on device|disk quota exceeded/i,
    remedy: 'Free space where the engine keeps its data (`docker system df` shows what takes it).',
  },
  {
    code: 'PORT_TAKEN',
    pattern: /port is already allocated|address already in use|ports are not available/i,
    remedy: 'End the program that holds the port, or publish another one.',
  },
  {
    code: 'ADDRESS_POOL_EXHAUSTED',
    pattern: /fully subnetted|non-overlapping ipv4 address pool/i,
    remedy: 'Remove networks that are not needed any more (`docker network ls`, `mesocosm gc`).',
  },
  {
    code: 'IMAGE_NOT_FOUND',
    pattern: /no such image/i,
    remedy: 'Check the image name; make the image present before a container is created from it.',
  },
  {
    code: 'SERVICE_NOT_RUNNING',
    pattern: /is paused/i,
    remedy: 'Unpause the service first.',
  },
  {
    code: 'SERVICE_NOT_RUNNING',
    pattern: /is not running|no such container/i,
    remedy: 'Start the service first; its logs say why it ended.',
  },
]

const remedies: Partial<Record<ErrorCode, string>> = {
  ENGINE_FAILED: "Look at the engine's own log for more (`journalctl -u docker`).",
  SERVICE_START_FAILED:
    'Check the paths in `mounts` and `files`, and that the engine can see them.',
  SERVICE_NOT_RUNNING: 'Start the service first; its logs say why it ended.',
}
