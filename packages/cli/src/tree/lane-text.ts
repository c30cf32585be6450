import type { LaneStatus } from 'mesocosm/operate'
import { duration } from '../duration.ts'
import { urlsOf } from './tree.ts'

/**
 * Returns a lane as text: its state and since when, the test that it is kept for, its services with addresses.
 *
 * @param now milliseconds since 1970.
 */
export const laneText = (lane: LaneStatus, now: number): string => {
  const { run, state, since, client, kept, services } = lane
  const by = client === undefined ? '' : ` by ${client.client}, process ${client.pid}`
  const width = Math.max(0, ...services.map(({ name }) => name.length))
  return [
    `${lane.topology}  ${lane.lane} of run ${run}  ${state}${by} for ${duration(now - since)}`,
    ...(kept === undefined ? [] : keptLines(lane, kept, now)),
    ...services.map((service) =>
      [
        `  ${service.name.padEnd(width)}`,
        (service.exitCode === undefined || service.state !== 'exited'
          ? service.state
          : `exited with code ${service.exitCode}`
        ).padEnd(9),
        ...urlsOf(service),
        ...(service.container === undefined ? [] : [service.container]),
      ]
        .join('  ')
        .trimEnd(),
    ),
  ].join('\n')
}

// ---

const keptLines = (
  { run, lane, services }: LaneStatus,
  { title, file, until }: NonNullable<LaneStatus['kept']>,
  now: number,
): string[] => {
  const any = services.find(({ state }) => state === 'ready')?.name ?? '<service>'
  return [
    `  ${file === undefined ? `failed command “${title}”` : `failed test “${title}” of ${file}`}; removed in ${duration(until - now)}, or by \`mesocosm down\``,
    `  mesocosm exec ${any} --run ${run} --lane ${lane} -- <command>`,
  ]
}
