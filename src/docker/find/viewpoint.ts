import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Viewpoint } from './reach.ts'

/** Returns the viewpoint of this process; reads `TESTCONTAINERS_HOST_OVERRIDE` as testcontainers does. */
export const ownViewpoint = (): Viewpoint => ({
  platform: process.platform,
  hostname: hostname(),
  inContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
  gateway: defaultGateway(),
  hostOverride: process.env.TESTCONTAINERS_HOST_OVERRIDE,
})

// ---

const defaultGateway = (): string | undefined => {
  if (!existsSync('/proc/net/route')) return undefined
  const fields = readFileSync('/proc/net/route', 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/))
    .find(([, destination]) => destination === '00000000')
  const hex = fields?.[2]
  return hex === undefined ? undefined : [...Buffer.from(hex, 'hex')].reverse().join('.')
}
