import type { ServiceSpec } from '../model/service-spec.ts'
import { outputsOf } from './outputs.ts'

/**
 * Returns by which names a lane can be known in the log of a shared server: its own, and each output that is another
 * one in every lane, such as a database, a virtual host or a user. URLs are left out: a server does not log its own.
 */
export const laneNames = (
  services: Readonly<Record<string, ServiceSpec>>,
  service: string,
  lane: string,
): string[] => {
  const outputs = (name: string) => outputsOf({ services, view: 'inside', lane: { name } }, service)
  const others = outputs('another_lane')
  const own = Object.entries(outputs(lane)).flatMap(([output, value]) =>
    value === others[output] || value.includes('://') ? [] : [value],
  )
  return [...new Set([lane, ...own])]
}
