import { type AnyTopology, isMesocosmError, MesocosmError } from 'mesocosm'
import type { CommandProvider } from '../commands/provider.ts'
import { probeService } from '../probe/probe-service.ts'
import type { SourcedService } from './sourced-services.ts'

/**
 * Asks each service that has a `cli` for its commands, in the image that is built already. One that cannot be asked
 * keeps no other from it.
 *
 * @throws {MesocosmError} what `probeService` throws; for several services one error that lists all.
 */
export const askTools = async (
  topology: AnyTopology,
  services: readonly SourcedService[],
  providers: readonly CommandProvider[] | undefined,
): Promise<void> => {
  const failures: MesocosmError[] = []
  for (const { name, folders, cli } of services) {
    if (cli === undefined) continue
    try {
      await probeService({
        topology,
        service: name,
        folder: folders.length === 0 ? undefined : folders,
        ...(providers === undefined ? {} : { providers }),
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
    message: `${failures.length} services could not be asked for their commands`,
    details: [...new Set(failures.map((failure) => linesOf(failure).join('\n    ')))],
    cause: first,
  })
}

// ---

/** Each has its own remedy; a fault of the topology as a whole is met by every service, and told once. */
const linesOf = ({ code, summary, details, remedy }: MesocosmError): string[] => [
  `${summary} [${code}]`,
  ...details.map((line) => `- ${line}`),
  ...(remedy === undefined ? [] : [`remedy: ${remedy}`]),
]
