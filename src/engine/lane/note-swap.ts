import { type Call, causeOf } from '../../call/call.ts'
import type { LocalSpec } from '../../model/service-spec.ts'
import type { Moments } from '../../trace/event/event.ts'
import type { LaneCore } from './lane-core.ts'

/** Records what a service runs as from now on. */
export const noteSwap = (
  { context, name: l }: LaneCore,
  s: string,
  local: LocalSpec | undefined,
  call: Call,
  cause?: Moments['svc.swap']['cause'],
): void =>
  context.record.events.write('svc.swap', {
    ...causeOf(call),
    l,
    s,
    ...(local === undefined
      ? { to: 'container' }
      : { to: 'process', command: local.command, cwd: local.cwd }),
    ...(cause === undefined ? {} : { cause }),
  })
