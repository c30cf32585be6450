import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { byNumber, messageOf, textOf } from '../../../protobuf/message.ts'
import { type GrpcCall, type GrpcMethod, GrpcRefusal, grpcCode, onlyMessage } from './serve-grpc.ts'

/** Sockets of SSH agents by the id of `RUN --mount=type=ssh,id=…`. */
export type Agents = Readonly<Record<string, string>>

/**
 * Connects steps of a build with SSH agents of this host; keys stay in the agents.
 *
 * @see https://github.com/moby/buildkit/blob/master/session/sshforward/ssh.proto
 */
export const forwardAgent = (agents: Agents): Readonly<Record<string, GrpcMethod>> => {
  const socketOf = (id: string): string => {
    const path = Object.hasOwn(agents, id) ? agents[id] : undefined
    if (path === undefined) throw new GrpcRefusal(grpcCode.notFound, `ssh ${id} is not declared`)
    return path
  }
  return {
    '/moby.sshforward.v1.SSH/CheckAgent': async (call) => {
      socketOf(textOf(byNumber(await onlyMessage(call)).get(1)) || defaultAgent)
      await call.send(messageOf({}))
    },
    '/moby.sshforward.v1.SSH/ForwardAgent': async (call) => {
      const id = String(call.metadata['buildkit.ssh.id'] ?? '') || defaultAgent
      await join(call, connect(socketOf(id)))
    },
  }
}

/** Id of the agent that `RUN --mount=type=ssh` without an id asks for. */
export const defaultAgent = 'default'

// ---

const join = async (call: GrpcCall, agent: Socket): Promise<void> => {
  const onOver = () => agent.destroy()
  call.over.addEventListener('abort', onOver)
  try {
    await once(agent, 'connect', { signal: call.over })
    await Promise.all([toAgent(call, agent), fromAgent(call, agent)])
  } catch (error) {
    if (call.over.aborted) return
    throw error
  } finally {
    agent.destroy()
  }
}

const toAgent = async (call: GrpcCall, agent: Socket): Promise<void> => {
  for await (const message of call.messages) {
    const bytes = byNumber(message).get(1)?.bytes ?? new Uint8Array()
    if (!agent.write(bytes)) await once(agent, 'drain', { signal: call.over })
  }
  agent.end()
}

const fromAgent = async (call: GrpcCall, agent: Socket): Promise<void> => {
  for await (const chunk of agent) await call.send(messageOf({ 1: chunk as Buffer }))
}
