import { aborted } from '../../call/deadline.ts'
import type { ErrorCode } from '../../errors/codes.ts'
import { type ErrorFacts, isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'

/** The engine refused a call. Stays inside `docker/`: callers see a `MesocosmError`. */
export class ApiFailure extends Error {
  /** HTTP status. */
  readonly status: number
  /** The engine's message. */
  readonly detail: string

  constructor(status: number, detail: string, cause?: unknown) {
    super(`${status} ${detail}`, { cause })
    this.name = 'ApiFailure'
    this.status = status
    this.detail = detail
  }
}

/** The engine did not answer a call in time. Stays inside `docker/`, like {@link ApiFailure}. */
export class ApiTimeout extends Error {
  /** Method and path of the call. */
  readonly call: string
  readonly timeoutMs: number

  constructor(call: string, timeoutMs: number) {
    super(`the engine did not answer ${call} within ${timeoutMs} ms`)
    this.name = 'ApiTimeout'
    this.call = call
    this.timeoutMs = timeoutMs
  }
}

/** Returns whether the engine refused a call with one of these HTTP statuses. */
export const hasStatus = (error: unknown, ...statuses: readonly number[]): error is ApiFailure =>
  error instanceof ApiFailure && statuses.includes(error.status)

/**
 * Returns the `MesocosmError` for a failure of the engine; one that is a `MesocosmError` already is kept.
 *
 * @param doing what failed, such as `image x could not be pulled`; the start of the message.
 * @param fallback code when the engine's message is not known; default `ENGINE_FAILED`.
 */
export const engineError = (
  cause: unknown,
  doing: string,
  facts: ErrorFacts = {},
  fallback: ErrorCode = 'ENGINE_FAILED',
): MesocosmError => {
  if (isMesocosmError(cause)) return cause
  if (cause instanceof Error && cause.name === 'AbortError')
    return aborted('the call of the engine', cause, { seen: doing, facts, remedy: 'run it again' })
  if (cause instanceof ApiTimeout) return unanswered(cause, doing, facts)
  const detail = detailOf(cause)
  const meaning = meaningOf(detail)
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

// Other calls may be answered, so the engine is not gone.
const unanswered = (cause: ApiTimeout, doing: string, facts: ErrorFacts): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_FAILED',
    message: `${doing}: ${cause.message}`,
    remedy:
      'check the engine (`docker info`; its log is `journalctl -u docker` for Docker on Linux); restart it if it does not finish this',
    facts: { ...facts, call: cause.call, timeoutMs: cause.timeoutMs },
    cause,
  })

/** Returns `ENGINE_GONE` for a failed connection. */
export const goneError = (cause: unknown, endpoint: string): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_GONE',
    message: `the container engine at ${endpoint} does not answer: ${detailOf(cause)}`,
    remedy: 'start the engine again (`docker info` must work), then rerun',
    facts: { endpoint },
    cause,
  })

/** Returns whether the connection to the engine failed, rather than a call. */
export const isConnectionError = (error: unknown): boolean => {
  if (!(error instanceof Error) || error instanceof ApiFailure || error instanceof ApiTimeout)
    return false
  const { code = '', syscall } = error as NodeJS.ErrnoException
  // A missing host file fails with the same codes as a missing socket.
  if (fileCodes.has(code)) return syscall === 'connect'
  return connectionCodes.has(code) || error.message.includes('socket hang up')
}

/** Returns an id as people know it from `docker ps`: 12 characters; a name stays as it is. */
export const shortId = (id: string): string => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id)

/** Returns the engine's message, or that of another error. */
export const detailOf = (cause: unknown): string =>
  cause instanceof ApiFailure
    ? cause.detail
    : cause instanceof Error
      ? cause.message || ((cause as NodeJS.ErrnoException).code ?? cause.name)
      : String(cause)

// ---

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

const meaningOf = (detail: string): Meaning | undefined => {
  return meanings.find(({ pattern }) => pattern.test(detail))
}

// The first match wins: any failure may be caused by a full disk.
const meanings: readonly (Meaning & { readonly pattern: RegExp })[] = [
  {
    code: 'DISK_FULL',
    pattern: /no space left on device|disk quota exceeded/i,
    remedy: 'free space on the disk of the engine (`docker system df` shows what takes it)',
  },
  {
    code: 'PORT_TAKEN',
    pattern: /port is already allocated|address already in use|ports are not available/i,
    remedy: 'stop the program that holds the port, or publish another port',
  },
  {
    code: 'ADDRESS_POOL_EXHAUSTED',
    pattern: /fully subnetted|non-overlapping ipv4 address pool/i,
    remedy: 'remove unused networks (`docker network ls`, `mesocosm gc`)',
  },
  {
    code: 'IMAGE_NOT_FOUND',
    pattern: /no such image/i,
    remedy: 'check the image name; pull or build the image first',
  },
  {
    code: 'RUNTIME_UNSUPPORTED',
    pattern: /can ?not pause .*(?:rootless|cgroup)|freezer (?:is )?not supported/i,
    remedy:
      'stop the service instead, use the engine of root, or run the rootless engine with cgroup v2 and systemd (`mesocosm doctor`)',
  },
  {
    code: 'SERVICE_NOT_RUNNING',
    pattern: /is paused/i,
    remedy: 'unpause the service first',
  },
  {
    code: 'SERVICE_NOT_RUNNING',
    pattern: /is not running|only create exec sessions on running containers|no such container/i,
    remedy: 'start the service first; its logs show why it ended',
  },
]

const remedies: Partial<Record<ErrorCode, string>> = {
  ENGINE_FAILED: 'check the log of the engine (Docker on Linux: `journalctl -u docker`)',
  SERVICE_START_FAILED:
    'check the paths in `mounts` and `files`, and that the engine can read them',
  SERVICE_NOT_RUNNING: 'start the service first; its logs show why it ended',
}
