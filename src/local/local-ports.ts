import { createSocket } from 'node:dgram'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { namesIn } from '../disk/names-in.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { codeOf } from '../errors/unknown-error.ts'
import { notWritten } from './errors.ts'
import type { LocalRecords } from './local-records.ts'

type Protocol = 'tcp' | 'udp'

/**
 * Ports of the loopback address that belong to something for as long as it exists, also while nothing listens at them.
 * One file per port, so that no other process of this user takes it. They are outside of the range from which the
 * system takes ports for outgoing connections, which would occupy them between two starts of a program.
 */
export class LocalPorts {
  readonly #records: LocalRecords
  readonly #range: PortRange

  constructor(records: LocalRecords, range: PortRange = quietRange()) {
    this.#records = records
    this.#range = range
  }

  /**
   * Reserves a free port.
   *
   * @param owner id of the record that it belongs to.
   * @throws {MesocosmError} `PORT_TAKEN` if there is none.
   */
  async reserve(owner: string, protocol: Protocol = 'tcp'): Promise<number> {
    const { first, last } = this.#range
    const size = last - first + 1
    const start = Math.floor(Math.random() * size)
    for (let step = 0; step < size; step++) {
      const port = first + ((start + step) % size)
      if (await this.#take(port, protocol, owner)) return port
    }
    throw new MesocosmError({
      code: 'PORT_TAKEN',
      message: `none of the ports ${first} to ${last} of 127.0.0.1 is free`,
      remedy: 'end what runs with `mesocosm gc`, or programs that listen at these ports',
      facts: { first, last },
    })
  }

  /** Reserves this port. Throws `PORT_TAKEN` if something has it. */
  async reserveThis(port: number, owner: string, protocol: Protocol = 'tcp'): Promise<number> {
    if (await this.#take(port, protocol, owner)) return port
    throw new MesocosmError({
      code: 'PORT_TAKEN',
      message: `port ${port} of 127.0.0.1 is already in use`,
      remedy: `end the program that uses port ${port}, or leave the port to Mesocosm`,
      facts: { port },
    })
  }

  /** Frees all ports of a owner. */
  release(owner: string): void {
    for (const port of namesIn(this.#records.folder.ports))
      if (this.#ownerOf(port) === owner) rmSync(this.#path(port), { force: true })
  }

  // ---

  async #take(port: number, protocol: Protocol, owner: string): Promise<boolean> {
    if (!this.#claim(port, owner)) return false
    if (await isFree(port, protocol)) return true
    rmSync(this.#path(port), { force: true })
    return false
  }

  #claim(port: number, owner: string): boolean {
    for (const isAgain of [false, true]) {
      try {
        this.#write(port, owner)
        return true
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw notWritten(this.#path(port), error)
        if (isAgain || !this.#isForgotten(port)) return false
        rmSync(this.#path(port), { force: true })
      }
    }
    return false
  }

  /** Throws `EEXIST` if there is one; on a full disk nothing is left. */
  #write(port: number, owner: string): void {
    const path = this.#path(port)
    const file = openSync(path, 'wx', 0o600)
    try {
      writeFileSync(file, owner)
    } catch (error) {
      // Only what was made here: it would be the file of another one if it could not be opened.
      rmSync(path, { force: true })
      throw error
    } finally {
      closeSync(file)
    }
  }

  /** Whether its owner no longer exists, or was never recorded: the process that wanted it was killed. */
  #isForgotten(port: number): boolean {
    const since = statSync(this.#path(port), { throwIfNoEntry: false })?.mtimeMs ?? 0
    return this.#records.read(this.#ownerOf(port)) === undefined && Date.now() - since > claimMs
  }

  #ownerOf(port: string | number): string {
    try {
      return readFileSync(this.#path(port), 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return ''
      throw error
    }
  }

  #path(port: string | number): string {
    return join(this.#records.folder.ports, String(port))
  }
}

/** Ports from the first to the last, both included. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

// ---

/** How long the record of a owner may take to be written after its ports were reserved. */
const claimMs = 60_000

/** Below the range of outgoing connections, and away from ports that servers have by convention. */
const quietRange = (): PortRange => {
  const outgoing = outgoingFrom()
  return outgoing > 22_000 ? { first: 20_000, last: outgoing - 1 } : { first: 20_000, last: 29_999 }
}

const outgoingFrom = (): number => {
  try {
    const text = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    return Number(text.trim().split(/\s+/)[0])
  } catch {
    // Other systems begin at 49152.
    return 32_768
  }
}

const isFree = (port: number, protocol: Protocol): Promise<boolean> =>
  protocol === 'udp' ? isUdpFree(port) : isTcpFree(port)

const isTcpFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    // All addresses: a program of another user may listen at any of them.
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)))
  })

const isUdpFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => {
      socket.close()
      resolve(false)
    })
    socket.bind({ port, exclusive: true }, () => socket.close(() => resolve(true)))
  })
