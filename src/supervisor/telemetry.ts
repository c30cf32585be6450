import type { Duplex } from 'node:stream'
import type { EngineClock } from '../engine/run/engine-clock.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { createIntake } from '../otlp/intake.ts'
import { createReceiver } from '../otlp/receiver.ts'
import { telemetryAddress } from '../plan/telemetry-env.ts'
import type { EventFile } from '../trace/write/event-file.ts'
import type { RunRecord } from '../trace/write/run-record.ts'

/** What a record takes of one run; its page is fast with half as many spans. */
const most = { entries: 200_000, bytes: 256 * 1024 * 1024 }

/** Where telemetry of services arrives. */
export interface TelemetrySource {
  readonly clock: Pick<EngineClock, 'toOwn'>
  readonly record: Pick<RunRecord, 'events' | 'redactor' | 'openEvents'>
  /** Knows the lanes and their addresses; `undefined` while the run begins. */
  readonly engine: () => Pick<RunEngine, 'serviceAt' | 'isGroup'> | undefined
}

/** Returns what takes connections of services with `telemetry`, and writes what they send into the record. */
export const takeTelemetry = ({
  clock,
  record,
  engine,
}: TelemetrySource): ((connection: Duplex, address: string) => void) => {
  const receiver = createReceiver()
  const intake = createIntake({
    openFile: (): Pick<EventFile, 'write'> => record.openEvents('otlp', 'o'),
    redactor: record.redactor,
    toOwn: (ms) => clock.toOwn(ms),
    most,
    onFull: () =>
      record.events.write('svc.warning', {
        s: telemetryAddress.host,
        message: `a record takes ${most.entries} spans and logs of a run, and 256 MiB; what services sent after that is missing`,
      }),
    isLane: (lane) => engine()?.isGroup(lane) ?? false,
  })
  return (connection, address) =>
    receiver.accept(
      connection,
      intake.of(() => engine()?.serviceAt(address)),
    )
}
