import { type ErrorFacts, MesocosmError } from './mesocosm-error.ts'

/** Adds the service name if the error lacks one: the runtime knows only containers and images. */
export const atService = (
  error: MesocosmError,
  where: ErrorFacts & { readonly service: string },
): MesocosmError =>
  error.facts.service === undefined
    ? new MesocosmError({
        code: error.code,
        message: `${where.service}: ${error.summary}`,
        facts: { ...error.facts, ...where },
        details: error.details,
        lastLogs: error.lastLogs,
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        cause: error.cause ?? error,
      })
    : error
