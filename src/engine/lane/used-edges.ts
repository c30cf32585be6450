import { readFile } from 'node:fs/promises'
import type { Member } from '../group/group-members.ts'
import type { LaneCore } from './lane-core.ts'
import { connectionsIn, type TcpConnection } from './tcp-table.ts'

/** Which services of a lane have connected to which. */
export interface UsedEdges {
  /**
   * Records connections that are open, or were so in the last minute, each pair of services and port once. A no-op
   * where programs of the engine are not processes of this machine. Never rejects.
   */
  look(): Promise<void>
}

/** Reads the connections of a process's network; an empty list if it cannot. */
export type ReadConnections = (pid: number) => Promise<readonly TcpConnection[]>

/** Creates the edges of a lane. It reads tables of the kernel, so that services need no relay and do not notice. */
export const createUsedEdges = (
  lane: LaneCore,
  read: ReadConnections = readConnections,
): UsedEdges => {
  const seen = new Set<string>()
  const note = (from: string, to: string, port: number) => {
    const key = `${from} ${to} ${port}`
    if (from === to || seen.has(key)) return
    seen.add(key)
    lane.context.record.events.write('edge.used', { l: lane.name, s: from, to, port })
  }
  const lookAll = async () => {
    const own = lane.group.members.all()
    const nameAt = new Map(own.flatMap(({ name, sandbox }) => hostsOf(sandbox, name)))
    await Promise.all([
      ...own.map(async ({ name, sandbox }) => {
        for (const { remote } of await read(sandbox?.state.pid ?? 0)) {
          const to = nameAt.get(remote.host)
          // Else it is the other end of a connection to this service.
          if (to !== undefined && portsOf(lane, to).includes(remote.port))
            note(name, to, remote.port)
        }
      }),
      ...lane.tenancies.names.map(async (name) => {
        const server = lane.tenancies.server(name)
        const sandbox = server === undefined ? undefined : lane.shared.find(server)?.sandbox
        for (const { local, remote } of await read(sandbox?.state.pid ?? 0)) {
          const from = nameAt.get(remote.host)
          if (from !== undefined && portsOf(lane, name).includes(local.port))
            note(from, name, local.port)
        }
      }),
    ])
  }
  return {
    async look() {
      if (!lane.context.info.directRoute) return
      try {
        await lookAll()
      } catch {
        // The record has no edge then; nothing depends on it.
      }
    },
  }
}

// ---

const hostsOf = (sandbox: Member['sandbox'], name: string): (readonly [string, string])[] =>
  Object.values(sandbox?.state.addresses ?? {}).map((host) => [host, name] as const)

const portsOf = ({ spec }: LaneCore, name: string): readonly number[] =>
  Object.values(spec.complete[name]?.ports ?? {}).map(({ port }) => port)

const readConnections: ReadConnections = async (pid) => {
  if (pid <= 0) return []
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')),
  )
  return tables.flatMap(connectionsIn)
}
