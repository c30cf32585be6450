import { MesocosmError } from '../../errors/mesocosm-error.ts'

/** Returns the error for a testcontainers container or module that cannot be read as a service. */
export const unreadable = (
  message: string,
  options: {
    readonly remedy?: string
    readonly details?: readonly string[]
    readonly facts?: Readonly<Record<string, unknown>>
    readonly cause?: unknown
  } = {},
): MesocosmError =>
  new MesocosmError({
    code: 'MODULE_UNREADABLE',
    message,
    remedy:
      options.remedy ?? 'declare the service with `image` and its own `env`, `ports` and `ready`',
    ...(options.details === undefined ? {} : { details: options.details }),
    ...(options.facts === undefined ? {} : { facts: options.facts }),
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  })
