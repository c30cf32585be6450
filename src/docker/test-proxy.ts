import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../call/pause.ts'

/** What happens to a call that matches. */
export type Fault =
  /** Waits before the request is passed on. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Waits for this before the request is passed on. */
  | { readonly kind: 'held'; readonly until: Promise<unknown> }
  /** The request never reaches the engine, and is never answered. */
  | { readonly kind: 'request lost' }
  /** The engine gets the request; its answer never comes. */
  | { readonly kind: 'answer lost' }
  /** The connection is closed instead of an answer. */
  | { readonly kind: 'closed' }
  /** Answered with status 500 instead of by the engine. */
  | { readonly kind: 'refused' }
  /** The connection is closed after so many bytes of the answer. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The connection is closed so long after the first byte of the answer. */
  | { readonly kind: 'cut'; readonly afterMs: number }

/** A fault for calls by their method and path, such as `/^DELETE \/containers\//`. */
export interface FaultRule {
  readonly call: RegExp
  readonly fault: Fault
  /** How many calls it is for; default all. */
  readonly times?: number
}

/** A socket in front of an engine that breaks calls by rules. For tests. */
export interface FaultProxy extends AsyncDisposable {
  /** Address of the socket. */
  readonly endpoint: string
  /** Calls so far, as method and path. */
  readonly calls: readonly string[]
  /** Replaces all rules; the first one that matches applies. Calls under way keep theirs. */
  rules(...rules: readonly FaultRule[]): void
  /** Closes the connections of calls under way that match; returns how many. */
  cut(call: RegExp): number
  /** Stops what the engine sends to calls under way that match, as an engine does that is paused. */
  hold(call: RegExp): HeldCalls
  /** Closes all connections and the socket. */
  close(): void
}

/** Calls whose connections are held. */
export interface HeldCalls {
  readonly count: number
  /** Returns how many bytes of the engine wait. */
  waiting(): number
  /** Passes on what waits, and what follows. */
  go(): void
}

/** Opens a proxy in front of the engine's unix socket. Every call gets a connection of its own. */
export const openFaultProxy = async (enginePath: string): Promise<FaultProxy> => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-proxy-'))
  const path = join(folder, 'engine.sock')
  const calls: string[] = []
  const open = new Set<Tunnel>()
  const waiting = new Set<Socket>()
  let rules: { call: RegExp; fault: Fault; left: number }[] = []

  const faultOf = (call: string): Fault | undefined => {
    const rule = rules.find((it) => it.left > 0 && it.call.test(call))
    if (rule !== undefined) rule.left -= 1
    return rule?.fault
  }

  const serve = async (client: Socket): Promise<void> => {
    waiting.add(client)
    client.on('error', () => undefined).on('close', () => waiting.delete(client))
    const head = await readHead(client)
    if (head === undefined) return
    const call = head.first.split(' ').slice(0, 2).join(' ')
    calls.push(call)
    const fault = faultOf(call)
    if (fault?.kind === 'request lost') return void client.resume()
    if (fault?.kind === 'closed') return void client.destroy()
    if (fault?.kind === 'refused') return void client.end(refusal)
    if (fault?.kind === 'delay') await pause(fault.ms)
    if (fault?.kind === 'held') await fault.until
    const engine = connect({ path: enginePath, allowHalfOpen: true })
    const tunnel: Tunnel = {
      call,
      engine,
      client,
      end: () => {
        client.destroy()
        engine.destroy()
      },
    }
    open.add(tunnel)
    engine.on('error', () => undefined)
    for (const socket of [client, engine])
      socket.on('close', () => {
        open.delete(tunnel)
        if (!socket.readableEnded || socket === engine) tunnel.end()
      })
    engine.write(head.bytes)
    client.pipe(engine)
    if (fault?.kind === 'answer lost') engine.resume()
    else passOn(engine, client, fault, tunnel.end)
  }

  const server = createServer({ allowHalfOpen: true }, (client) => void serve(client))
  server.listen(path)
  await once(server, 'listening')
  const cut = (call: RegExp): number => {
    const matching = [...open].filter((tunnel) => call.test(tunnel.call))
    for (const { end } of matching) end()
    return matching.length
  }
  const hold = (call: RegExp): HeldCalls => {
    const held = [...open].filter((tunnel) => call.test(tunnel.call))
    for (const { engine, client } of held) {
      engine.unpipe(client)
      engine.pause()
    }
    return {
      count: held.length,
      waiting: () => held.reduce((sum, { engine }) => sum + engine.readableLength, 0),
      go: () => {
        for (const { engine, client } of held) engine.pipe(client)
      },
    }
  }
  const close = () => {
    server.close()
    cut(/^/)
    for (const client of waiting) client.destroy()
  }
  return {
    endpoint: `unix://${path}`,
    calls,
    rules: (...next) => {
      rules = next.map(({ call, fault, times = Number.POSITIVE_INFINITY }) => ({
        call,
        fault,
        left: times,
      }))
    },
    cut,
    hold,
    close,
    async [Symbol.asyncDispose]() {
      close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// ---

interface Tunnel {
  readonly call: string
  readonly engine: Socket
  readonly client: Socket
  readonly end: () => void
}

const refusal = [
  'HTTP/1.1 500 Internal Server Error',
  'Content-Type: application/json',
  'Connection: close',
  '',
  '{"message":"the proxy refused"}',
].join('\r\n')

/** Reads up to the end of the request's head. Its connection ends with the call, so that each call gets its own. */
const readHead = async (
  client: Socket,
): Promise<{ readonly first: string; readonly bytes: Buffer } | undefined> => {
  let bytes = Buffer.alloc(0)
  for (;;) {
    const chunk = client.read() as Buffer | null
    if (chunk === null) {
      if (client.destroyed || client.readableEnded) return undefined
      const stop = new AbortController()
      const either = ['readable', 'close'].map((name) =>
        once(client, name, { signal: stop.signal }).catch(() => undefined),
      )
      await Promise.race(either)
      stop.abort()
      continue
    }
    bytes = Buffer.concat([bytes, chunk])
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1) continue
    const lines = bytes.toString('latin1', 0, end).split('\r\n')
    const isUpgrade = lines.some((line) => /^upgrade:/i.test(line))
    const kept = isUpgrade ? lines : lines.filter((line) => !/^connection:/i.test(line))
    if (!isUpgrade) kept.push('Connection: close')
    return {
      first: lines[0] ?? '',
      bytes: Buffer.concat([
        Buffer.from(`${kept.join('\r\n')}\r\n\r\n`, 'latin1'),
        bytes.subarray(end + 4),
      ]),
    }
  }
}

const passOn = (
  engine: Socket,
  client: Socket,
  fault: Fault | undefined,
  end: () => void,
): void => {
  if (fault?.kind !== 'cut') {
    engine.pipe(client)
    return
  }
  if ('afterMs' in fault) {
    engine.once('data', () => setTimeout(end, fault.afterMs).unref())
    engine.pipe(client)
    return
  }
  let left = fault.afterBytes
  engine.on('end', () => client.end())
  engine.on('data', (bytes: Buffer) => {
    const part = bytes.subarray(0, left)
    left -= part.length
    // What is written is sent before the connection closes.
    client.write(part, () => {
      if (left === 0) end()
    })
  })
}
