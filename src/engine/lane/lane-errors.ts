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

/** Returns the error for using a service that was not started, is paused or has ended. */
export const notRunning = (
  { service, lane }: Where,
  program: Program | undefined,
  cause?: unknown,
) => {
  const { exitCode, outOfMemory = false } = program?.exit ?? {}
  const why = outOfMemory
    ? ': it was killed for using too much memory'
    : exitCode === undefined
      ? ''
      : program?.stopped
        ? `: it was stopped, with exit code ${exitCode}`
        : `: it exited with code ${exitCode}`
  return new MesocosmError({
    code: program === undefined ? 'SERVICE_NOT_STARTED' : 'SERVICE_NOT_RUNNING',
    message:
      program?.status === 'paused'
        ? `${service} is paused in lane ${lane}`
        : `${service} is not running in lane ${lane}${why}`,
    remedy: remedyOf(service, program),
    facts: { service, lane, ...(exitCode === undefined ? {} : { exitCode, outOfMemory }) },
    lastLogs: program?.log.last() ?? [],
    ...(cause === undefined ? {} : { cause }),
  })
}

const remedyOf = (service: string, program: Program | undefined): string => {
  if (program === undefined) return `start it: lane.start('${service}')`
  if (program.status === 'paused') return `unpause it: ${service}.unpause()`
  return program.stopped
    ? `start it again: ${service}.start()`
    : `read the log lines above for the reason; ${service}.start() starts it again`
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
