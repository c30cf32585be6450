import type { PortSpec } from '../../model/service-spec.ts'
import { foreign } from './foreign.ts'

/** Returns ports by name: `main` for a single one, else `tcp5432`, `udp53`. */
export const readPorts = (
  exposed: unknown,
  httpPorts: ReadonlySet<number>,
): Record<string, PortSpec> => {
  const keys = Object.keys(foreign(exposed))
  return Object.fromEntries(
    keys.map((key) => {
      const [digits = '', protocol] = key.split('/')
      const port = Number(digits)
      const udp = protocol?.toLowerCase() === 'udp'
      const name = keys.length === 1 ? 'main' : `${udp ? 'udp' : 'tcp'}${port}`
      const scheme = httpPorts.has(port) ? 'http' : (schemes[port] ?? (udp ? 'udp' : 'tcp'))
      return [name, { port, scheme, ...(udp ? { protocol: 'udp' as const } : {}) }]
    }),
  )
}

// ---

const schemes: Readonly<Record<number, string>> = {
  80: 'http',
  443: 'https',
  1025: 'smtp',
  3000: 'http',
  3306: 'mysql',
  4222: 'nats',
  5432: 'postgres',
  5672: 'amqp',
  6379: 'redis',
  8025: 'http',
  8080: 'http',
  9000: 'http',
  9200: 'http',
  27017: 'mongodb',
}
