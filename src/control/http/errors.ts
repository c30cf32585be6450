import type { ErrorCode } from '../../errors/codes.ts'
import { type ErrorFacts, MesocosmError } from '../../errors/mesocosm-error.ts'

/** An error of the request itself, which has a status of its own. */
export class RequestError extends MesocosmError {
  /** Status of the answer. */
  readonly status: number
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    error: {
      readonly code: ErrorCode
      readonly message: string
      readonly remedy: string
      readonly facts?: ErrorFacts
      readonly details?: readonly string[]
    },
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(error)
    this.status = status
    this.headers = headers
  }
}

/** Returns the status of an answer with this error. */
export const statusOf = (error: MesocosmError): number =>
  error instanceof RequestError ? error.status : (statuses.get(error.code) ?? 500)

// ---

const byStatus: readonly (readonly [number, readonly ErrorCode[]])[] = [
  [400, ['ARGUMENT_INVALID', 'EXEC_ARGS_INVALID', 'TOPOLOGY_INVALID', 'REQUEST_INVALID']],
  [401, ['REQUEST_DENIED']],
  [404, ['SERVICE_UNKNOWN', 'EXEC_NOT_FOUND', 'REQUEST_UNKNOWN', 'IMAGE_NOT_FOUND']],
  [
    409,
    [
      ...(['SERVICE_IN_USE', 'SERVICE_NOT_RUNNING', 'SERVICE_NOT_STARTED', 'LANE_BUSY'] as const),
      ...(['PORT_TAKEN', 'DEBUGGER_UNAVAILABLE'] as const),
    ],
  ],
  [410, ['LANE_RELEASED']],
  // The request is well-formed and was carried out; the service or its image failed.
  [
    422,
    [
      ...(['SERVICE_START_FAILED', 'SERVICE_EXITED', 'SERVICE_OUT_OF_MEMORY'] as const),
      ...(['TASK_FAILED', 'BUILD_FAILED', 'MODULE_UNREADABLE', 'IMAGE_LOCK_INVALID'] as const),
    ],
  ],
  [429, ['REQUEST_LIMIT']],
  [501, ['RUNTIME_UNSUPPORTED']],
  [
    502,
    [
      ...(['ENGINE_GONE', 'ENGINE_FAILED', 'ENGINE_NOT_FOUND'] as const),
      ...(['IMAGE_PULL_DENIED', 'IMAGE_PULL_FAILED', 'ADDRESS_POOL_EXHAUSTED'] as const),
    ],
  ],
  [503, ['SUPERVISOR_GONE', 'ABORTED']],
  [504, ['TIMEOUT', 'EXEC_TIMEOUT', 'LOG_TIMEOUT', 'SERVICE_NOT_READY']],
  [507, ['DISK_FULL']],
]

const statuses = new Map(
  byStatus.flatMap(([status, codes]) => codes.map((code) => [code, status] as const)),
)
