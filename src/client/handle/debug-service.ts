import { attachLines } from '../../debug/attach-lines.ts'
import { attachText } from '../../debug/attach-text.ts'
import type { DebugOptions, ServiceDebug } from '../../define/debug.ts'
import type { LaneLink } from '../lane/lane-link.ts'

/** Lets debuggers attach to a service; see `BaseHandle.debug`. The caller has opened the span. */
export const debugService = async (
  link: LaneLink,
  service: string,
  { break: stop = false, port, ...wait }: DebugOptions,
  ended: (work: () => Promise<void>) => Promise<void>,
): Promise<ServiceDebug> => {
  const at = { lane: link.name, service }
  const options = { timeoutMs: wait.timeoutMs, signal: wait.signal }
  const { isNew, ...facts } = await link.call(
    'debugPort',
    { ...at, ...(port === undefined ? {} : { port }) },
    { ...options, what: `the debugger's port of ${service}` },
  )
  // Before it waits for a debugger.
  if (isNew) process.stderr.write(`mesocosm: ${attachText(facts)}\n`)
  const { id, view } = await link.call(
    'debug',
    { ...at, break: stop },
    {
      ...options,
      what: stop ? `the start of ${service} in a debugger` : `debugging ${service}`,
      late: (answer) => link.undo('endDebug', { ...at, id: answer.id }),
    },
  )
  link.see(view)
  let ending: Promise<void> | undefined
  const end = async () => {
    // The release of the lane has ended it.
    if (link.released) return
    await ended(async () => {
      await link.letGo([service])
      await link.change(
        'endDebug',
        { ...at, id },
        { timeoutMs: wait.timeoutMs, what: `the end of debugging ${service}` },
      )
    })
  }
  return {
    ...facts,
    attach: attachLines(facts.kind, facts.port),
    async [Symbol.asyncDispose]() {
      ending ??= end()
      await ending
    },
  }
}
