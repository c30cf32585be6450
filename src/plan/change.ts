import type { ProbeSpec } from '../model/probe.ts'
import { causeOfMaking } from './cause.ts'
import { configHash } from './config-hash.ts'
import type {
  DesiredService,
  ObservedProgram,
  ObservedSandbox,
  ObservedService,
} from './desired.ts'

/** Everything that must happen to one service, not yet in order. */
export interface Change {
  readonly service: DesiredService
  readonly sandbox: {
    readonly make: boolean
    readonly hash: string
    readonly old: ObservedSandbox | undefined
  }
  readonly program: {
    readonly make: boolean
    readonly hash: string
    readonly old: ObservedProgram | undefined
  }
  /** The running program to stop, if any. */
  readonly stop: ObservedProgram | undefined
  readonly start: 'new' | 'again' | undefined
  readonly link: 'connect' | 'disconnect' | undefined
  readonly unpause: boolean
  readonly pause: boolean
  readonly awaitReady: boolean
  readonly awaitCompleted: boolean
  /** Cause of the steps that create, stop and start. */
  readonly cause: string
}

/** Decides what must happen to one service. */
export const decide = (
  service: DesiredService,
  observed: ObservedService | undefined,
  role: Role,
  asked: string | undefined,
): Change => {
  const { sandbox, program } = observed ?? {}
  const restart = asked ?? (sandbox?.lost ? 'its network connection was lost' : undefined)
  const hashes = { sandbox: configHash(service.sandbox), program: configHash(service.program) }
  const makeSandbox = sandbox === undefined || sandbox.hash !== hashes.sandbox
  const make =
    program === undefined ||
    makeSandbox ||
    role.forced !== undefined ||
    program.spoiled === true ||
    program.hash !== hashes.program
  const kept = make ? undefined : program
  const alive = program?.status === 'running' || program?.status === 'paused'
  const wanted = service.state !== 'stopped'

  const done = role.awaitedCompletion && kept?.status === 'exited' && kept.exitCode === 0
  const startsKept = kept !== undefined && wanted && !alive && !done
  const again = kept !== undefined && wanted && alive && restart !== undefined
  const start = wanted && make ? 'new' : startsKept || again ? 'again' : undefined
  const runs = start !== undefined || (wanted && alive)
  const unpause = kept?.status === 'paused' && service.state === 'running' && !again
  const unready =
    start !== undefined || (kept?.ready === false && (unpause || kept.status === 'running'))

  return {
    service,
    sandbox: { make: makeSandbox, hash: hashes.sandbox, old: makeSandbox ? sandbox : undefined },
    program: { make, hash: hashes.program, old: make ? program : undefined },
    stop: alive && (make || !wanted || again) ? program : undefined,
    start,
    link: linkChange(service, makeSandbox, sandbox),
    unpause,
    pause: service.state === 'paused' && (start !== undefined || kept?.status === 'running'),
    awaitReady:
      runs && unready && visible(service) && (role.awaitedHealth || !role.awaitedCompletion),
    awaitCompleted: runs && role.awaitedCompletion && service.state === 'running',
    cause: make
      ? causeOfMaking(service, observed, hashes, role.forced)
      : causeOfState(kept, wanted, again ? restart : undefined),
  }
}

/** What other services and the caller expect of a service. */
export interface Role {
  readonly awaitedCompletion: boolean
  readonly awaitedHealth: boolean
  /** Why its program is recreated although nothing differs. */
  readonly forced: string | undefined
}

// ---

const linkChange = (
  service: DesiredService,
  makeSandbox: boolean,
  sandbox: ObservedSandbox | undefined,
): Change['link'] => {
  const connected = makeSandbox || sandbox === undefined || sandbox.connected
  if (connected === !service.disconnected) return undefined
  return connected ? 'disconnect' : 'connect'
}

/** A disconnected service does not answer at its published ports; it is awaited when it is reconnected. */
const visible = (service: DesiredService): boolean =>
  !service.disconnected || !looksFromOutside(service.ready)

const looksFromOutside = (probe: ProbeSpec | undefined): boolean => {
  if (probe?.kind === 'all') return probe.probes.some(looksFromOutside)
  return probe?.kind === 'http' || (probe?.kind === 'tcp' && probe.from !== 'inside')
}

const causeOfState = (
  program: ObservedProgram | undefined,
  wanted: boolean,
  restart: string | undefined,
): string => {
  if (!wanted) return 'should be stopped'
  return restart ?? (program?.status === 'created' ? 'not started yet' : 'stopped')
}
