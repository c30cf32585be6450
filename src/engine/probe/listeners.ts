import type { Runtime } from '../../runtime/runtime.ts'

/** A socket that accepts TCP connections, as the service's own network shows it. */
export interface Listener {
  /** `0.0.0.0`, `127.0.0.1`, `::`, `::1` …; an IPv4 address in IPv6 form is written as IPv4. */
  readonly host: string
  readonly port: number
}

/**
 * Returns what listens in a service's network, from `/proc/net`; `undefined` if that cannot be read. Needs only `cat`
 * in its image.
 */
export const readListeners = async (
  runtime: Runtime,
  container: string,
  signal: AbortSignal,
): Promise<readonly Listener[] | undefined> => {
  const argv = ['cat', '/proc/net/tcp', '/proc/net/tcp6']
  const { stdout } = await runtime.exec(container, { argv }, { signal, timeoutMs: 5_000 })
  // Without IPv6 there is one table.
  return stdout.includes('local_address') ? parseListeners(stdout) : undefined
}

/** Reads the format of `/proc/net/tcp` and `/proc/net/tcp6`, see proc(5). */
export const parseListeners = (text: string): readonly Listener[] =>
  text.split('\n').flatMap((row) => {
    const [, local = '', , state] = row.trim().split(/\s+/)
    const [address, port] = local.split(':')
    if (state !== listening || address === undefined || port === undefined) return []
    const listener = { host: hostOf(address), port: Number.parseInt(port, 16) }
    return listener.host === engineResolver ? [] : [listener]
  })

/** Whether only programs in the service itself can connect. */
export const isLoopback = ({ host }: Listener): boolean => host.startsWith('127.') || host === '::1'

// ---

const listening = '0A'

/** Docker's name server, which is in the network of every container. */
const engineResolver = '127.0.0.11'

/** Each word of four bytes is written as a number of the machine, so its bytes are reversed. */
const hostOf = (hex: string): string => {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  )
  if (bytes.length === 4) return bytes.join('.')
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff
  if (isMapped) return bytes.slice(12).join('.')
  if (bytes.every((byte) => byte === 0)) return '::'
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1'
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  )
  return groups.join(':')
}
