import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import type { Program } from '../group/program.ts'

/** Where a failure happened: a service in a lane. */
export interface Where {
  readonly service: string
  readonly lane: string
}

/** Returns the error for an added service whose name the lane already uses. */
export const nameTaken = ({ service, lane }: Where) =>
  new MesocosmError({
    code: 'SERVICE_IN_USE',
    message: `lane ${lane} already has a service named ${service}`,
    remedy: 'remove it first, or add yours under another name',
    facts: { service, lane },
  })

/** Returns the error for removing a service that the topology declares. */
export const isDeclared = ({ service, lane }: Where) =>
  new MesocosmError({
    code: 'SERVICE_IN_USE',
    message: `${service} is declared in the topology and cannot be removed from lane ${lane}`,
    remedy: `use ${service}.stop(), or lease topology.without('${service}')`,
    facts: { service, lane },
  })

/** Returns the error for removing a service that other services refer to. */
export const isMentioned = ({ service, lane }: Where, mentions: readonly string[]) =>
  new MesocosmError({
    code: 'SERVICE_IN_USE',
    message: `${service} cannot be removed from lane ${lane}: ${mentions.join(', ')} refers to it`,
    remedy: `remove ${mentions.join(', ')} first, or use ${service}.stop()`,
    facts: { service, lane, mentions },
  })

/** Returns the error for using a service that was not started or has exited. */
export const notRunning = ({ service, lane }: Where, program: Program | undefined) => {
  const { exitCode } = program?.exit ?? {}
  return new MesocosmError({
    code: program === undefined ? 'SERVICE_NOT_STARTED' : 'SERVICE_NOT_RUNNING',
    message: `${service} is not running in lane ${lane}${exitCode === undefined ? '' : `: it exited with code ${exitCode}`}`,
    remedy:
      program === undefined
        ? `start it: lane.start('${service}')`
        : `start it again: ${service}.start()`,
    facts: { service, lane, ...(exitCode === undefined ? {} : { exitCode }) },
    lastLogs: program?.log.last() ?? [],
  })
}

/** Throws the first failure of the given services that was not caused by another failure. */
export const throwFirst = (
  failures: ReadonlyMap<string, unknown>,
  concerned: readonly string[],
): void => {
  const found = concerned.flatMap((name) => failures.get(name) ?? [])
  const isOwn = (error: unknown) => !isMesocosmError(error) || !('blockedBy' in error.facts)
  const first = found.find(isOwn) ?? found[0]
  if (first !== undefined) throw first
}
