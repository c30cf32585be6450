import { type AnyTopology, isMesocosmError, MesocosmError } from 'mesocosm'
import { type ProbeServiceOptions, probeService } from '../probe/probe-service.ts'
import type { SourcedService } from './sourced-services.ts'

/**
 * Probes each service that has a `cli` for its commands, in its already built image. A failure does not stop the
 * others.
 *
 * @throws {MesocosmError} the error of `probeService`; if several services fail, one error that lists them all.
 */
export const askTools = async (
  topology: AnyTopology,
  services: readonly SourcedService[],
  options: Pick<ProbeServiceOptions, 'providers' | 'timeoutMs'>,
): Promise<void> => {
  const failures: MesocosmError[] = []
  for (const { name, folders, packages, cli } of services) {
    if (cli === undefined) continue
    try {
      await probeService({
        topology,
        service: name,
        folder: folders.length === 0 ? undefined : folders,
        packages,
        ...options,
      })
    } catch (error) {
      if (!isMesocosmError(error)) throw error
      failures.push(error)
    }
  }
  const [first, ...others] = failures
  if (first === undefined) return
  if (others.length === 0) throw first
  throw new MesocosmError({
    code: first.code,
    message: `${failures.length} services could not be probed for their commands`,
    details: [...new Set(failures.map((failure) => linesOf(failure).join('\n    ')))],
    remedy: 'fix each service as its remedy says, then run `mesocosm gen --probe` again',
    cause: first,
  })
}

// ---

/** Repeats the remedy, which differs by service. The caller drops duplicates: a topology fault hits every service. */
const linesOf = ({ code, summary, details, remedy }: MesocosmError): string[] => [
  `${summary} [${code}]`,
  ...details.map((line) => `- ${line}`),
  ...(remedy === undefined ? [] : [`remedy: ${remedy}`]),
]
