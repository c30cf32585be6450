import { label } from '../../runtime/labels.ts'
import type { EngineContext } from '../run/context.ts'
import { type GroupMembers, type Member, noteState } from './group-members.ts'

/**
 * Looks whether the group's network and sandboxes still are what the group takes them for, so that the next plan repairs
 * what another process has removed or disconnected. Events report programs, but neither networks nor connections.
 */
export const observeGroup = async (
  context: EngineContext,
  members: GroupMembers,
): Promise<void> => {
  const all = members.all()
  const looks = await Promise.all(all.map((member) => lookAt(context, members, member)))
  const isSuspect = looks.includes('disconnected') || all.every(({ sandbox }) => !sandbox)
  if (members.network === undefined || !isSuspect) return
  const { networks } = await context.runtime.list({
    [label.run]: context.run,
    [label.lane]: members.group,
  })
  if (!networks.some(({ id }) => id === members.network)) members.network = undefined
}

// ---

/** Updates what is known of a sandbox. */
const lookAt = async (
  { runtime }: EngineContext,
  { network }: GroupMembers,
  member: Member,
): Promise<'as known' | 'disconnected'> => {
  const { sandbox } = member
  if (sandbox === undefined) return 'as known'
  const state = await runtime.inspect(sandbox.id)
  if (state === undefined) {
    await member.forget(sandbox.id)
    return 'as known'
  }
  noteState(sandbox, state)
  if (state.status !== 'running' && state.status !== 'paused') {
    sandbox.hash = ''
    return 'as known'
  }
  const before = sandbox.connected
  sandbox.connected = network !== undefined && Object.hasOwn(state.addresses, network)
  if (sandbox.connected || !before) return 'as known'
  sandbox.lost = true
  return 'disconnected'
}
