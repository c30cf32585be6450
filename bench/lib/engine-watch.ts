import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One call on the engine; times in milliseconds of `performance.now()`. */
export interface EngineCall {
  readonly method: string
  /** Path without version and query; a `name` of the query is kept. */
  readonly path: string
  readonly start: number
  /** When the answer began; `undefined` while there is none. */
  end?: number
  status?: number
}

/** A socket in front of the engine that notes every call. */
export interface EngineWatch extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly host: string
  readonly calls: readonly EngineCall[]
}

/** Opens a socket in front of the engine's; a call costs well under a millisecond more. */
export const watchEngine = async (enginePath = '/var/run/docker.sock'): Promise<EngineWatch> => {
  const folder = await mkdtemp(join(tmpdir(), 'mesocosm-timeline-'))
  const path = join(folder, 'engine.sock')
  const calls: EngineCall[] = []
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: enginePath, allowHalfOpen: true })
    let head: Buffer | undefined = Buffer.alloc(0)
    let call: EngineCall | undefined
    client.on('data', (bytes: Buffer) => {
      if (head === undefined) return void engine.write(bytes)
      head = Buffer.concat([head, bytes])
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return
      const lines = head.toString('latin1', 0, end).split('\r\n')
      call = callOf(lines[0] ?? '')
      calls.push(call)
      engine.write(Buffer.concat([Buffer.from(oneCall(lines), 'latin1'), head.subarray(end)]))
      head = undefined
    })
    engine.on('data', (bytes: Buffer) => {
      if (call !== undefined && call.end === undefined) {
        call.end = performance.now()
        call.status = Number(bytes.toString('latin1', 9, 12))
      }
      client.write(bytes)
    })
    client.on('end', () => engine.end())
    engine.on('end', () => client.end())
    for (const [socket, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => open.delete(socket))
    }
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    host: `unix://${path}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of open) socket.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

// ---

const callOf = (requestLine: string): EngineCall => {
  const [method = '', target = ''] = requestLine.split(' ')
  const { pathname, searchParams } = new URL(target, 'http://engine')
  const name = searchParams.get('name')
  return {
    method,
    path: `${pathname.replace(/^\/v[\d.]+/, '')}${name === null ? '' : ` ${name}`}`,
    start: performance.now(),
  }
}

/** Returns the head of a request whose connection ends with it, so that each call has one of its own. */
const oneCall = (lines: readonly string[]): string =>
  lines.some((line) => /^upgrade:/i.test(line))
    ? lines.join('\r\n')
    : [...lines.filter((line) => !/^connection:/i.test(line)), 'Connection: close'].join('\r\n')
