/** One end of a connection. */
export interface TcpEnd {
  /** IPv4 address. */
  readonly host: string
  readonly port: number
}

/** A connection that is open, or was so in the last minute. */
export interface TcpConnection {
  readonly local: TcpEnd
  readonly remote: TcpEnd
}

/** Returns the connections in a table of Linux, `/proc/<pid>/net/tcp` or `tcp6`. Sockets that listen are none. */
export const connectionsIn = (table: string): TcpConnection[] =>
  table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/)
      if (!connected.has(state)) return []
      const ends = { local: endOf(local), remote: endOf(remote) }
      return ends.local === undefined || ends.remote === undefined
        ? []
        : [{ local: ends.local, remote: ends.remote }]
    })

// ---

/** ESTABLISHED, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE_WAIT, LAST_ACK, CLOSING; not one that was never answered. */
const connected = new Set(['01', '04', '05', '06', '08', '09', '0B'])

/** `0100007F:1F90`, and IPv4 within IPv6 `0000000000000000FFFF00000100007F:1F90`: words in the machine's byte order. */
const endOf = (text: string): TcpEnd | undefined => {
  const [address = '', port = ''] = text.split(':')
  const mapped = /^0{16}FFFF0000([0-9A-F]{8})$/.exec(address)?.[1]
  const word = address.length === 8 ? address : mapped
  if (word === undefined) return undefined
  const bytes = word.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? []
  return { host: bytes.reverse().join('.'), port: Number.parseInt(port, 16) }
}
