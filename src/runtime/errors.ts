import { MesocosmError } from '../errors/mesocosm-error.ts'

/** Returns the error for a host file that cannot be copied into a container. */
export const fileNotCopied = (from: string, to: string, cause: unknown): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `${from} could not be copied to ${to}: ${(cause as Error).message}`,
    remedy: 'check the path in `files`; a relative one starts at the folder of the topology',
    facts: { from, to },
    cause,
  })
