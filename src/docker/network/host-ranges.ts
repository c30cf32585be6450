import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { parseRange, type Range } from './subnets.ts'

/** Returns the ranges that this host is on or has a route to, which networks of lanes must not overlap. */
export const hostRanges = (): Range[] => {
  const interfaces = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && address.cidr !== null)
    .map((address) => parseRange(address.cidr ?? ''))
  return [...interfaces, ...linuxRoutes()]
}

// ---

// VPNs often route ranges that no interface is in. On other systems the engine runs in a virtual machine.
const linuxRoutes = (): Range[] => {
  if (process.platform !== 'linux') return []
  return readRoutes()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
    .filter(([, , , , , , , mask]) => mask !== undefined && mask !== '00000000')
    .map(([, destination = '', , , , , , mask = '']) => ({
      start: fromLittleEndianHex(destination),
      prefix: 32 - Math.log2(2 ** 32 - fromLittleEndianHex(mask)),
    }))
}

const readRoutes = (): string => {
  try {
    return readFileSync('/proc/net/route', 'utf8')
  } catch {
    // Without /proc the interfaces must do.
    return ''
  }
}

const fromLittleEndianHex = (hex: string): number => Buffer.from(hex, 'hex').readUInt32LE(0)
