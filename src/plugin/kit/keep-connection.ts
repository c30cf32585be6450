import { aborted, type Evidence } from '../../call/deadline.ts'
import { type EvidenceSource, withTimeout } from '../../call/with-timeout.ts'
import type { WaitOptions } from '../../define/handle.ts'
import type { PluginService } from '../../define/plugin-node.ts'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { type ConnectionSlot, type ConnectionSource, openSlot } from './connection-slot.ts'

/** How a connection is opened, closed and shared. */
export interface KeepOptions<Connection> extends ConnectionSource<Connection> {
  /** Service that it leads to. */
  readonly service: Pick<PluginService, 'name' | 'onRelease'>
  /** Returns whether the connection can still be used; one that cannot is replaced at the next use. Default always. */
  isOpen?(connection: Connection): boolean
  /**
   * The server answers calls in order, so one that it does not answer would delay all after it: a call that times out or
   * is aborted ends the connection. Default `false`.
   */
  readonly inOrder?: boolean
}

/** A connection to a service that all calls share. */
export interface KeptConnection<Connection> {
  /**
   * Does `work` over the connection, which is opened if there is none.
   *
   * @param what the work in words, as for {@link withTimeout}: `PING on cache`.
   * @param options.timeoutMs default 10 000, `Infinity` for no limit; includes the opening.
   * @param work is not called after an abort; its signal also aborts when the service is released, with an `ABORTED` error as its reason.
   * @param evidence for the error, as for {@link withTimeout}; its facts get `service`.
   * @throws {MesocosmError} `TIMEOUT`, `ABORTED`; what `open` and `work` throw.
   */
  use<T>(
    what: string,
    options: WaitOptions | undefined,
    work: (connection: Connection, signal: AbortSignal) => Promise<T>,
    evidence?: EvidenceSource,
  ): Promise<T>
}

/**
 * Keeps one connection to a service: opened at the first use, shared by concurrent calls, replaced when it broke, and
 * closed before the service is stopped or recreated and before the lane is reset or released. The next use opens another.
 */
export const keepConnection = <Connection>(
  options: KeepOptions<Connection>,
): KeptConnection<Connection> => {
  const { service, isOpen = () => true, inOrder = false } = options
  const running = new Set<() => void>()
  let kept: ConnectionSlot<Connection> | undefined
  const drop = async (slot: ConnectionSlot<Connection>): Promise<void> => {
    if (kept === slot) kept = undefined
    await slot.close()
  }
  const openKept = () => {
    const slot = openSlot(options)
    // A release calls each function once, so every connection adds its own.
    service.onRelease(() => {
      for (const abort of running) abort()
      return drop(slot)
    })
    slot.opening.catch(() => drop(slot))
    return slot
  }
  const take = async (signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted()
      kept ??= openKept()
      const slot = kept
      const connection = await slot.opening
      if (!slot.closed && isOpen(connection)) return { slot, connection }
      drop(slot).catch(ignored)
    }
  }
  return {
    async use(what, wait, work, evidence) {
      const released = new AbortController()
      const abort = () => released.abort(releasedMeanwhile(service.name, what))
      running.add(abort)
      let used: ConnectionSlot<Connection> | undefined
      try {
        return await withTimeout(
          what,
          wait,
          async (deadline) => {
            const signal = AbortSignal.any([deadline, released.signal])
            const { slot, connection } = await take(signal)
            used = slot
            signal.throwIfAborted()
            return await work(connection, signal)
          },
          async (code) => withService(service.name, (await evidence?.(code)) ?? []),
        )
      } catch (error) {
        // An opening that does not end would delay the calls after it, too.
        const stuck = used === undefined ? kept : inOrder ? used : undefined
        if (stuck !== undefined && isGivenUp(error)) drop(stuck).catch(ignored)
        throw error
      } finally {
        running.delete(abort)
      }
    },
  }
}

// ---

const ignored = () => {}

const isGivenUp = (error: unknown) =>
  isMesocosmError(error) && (error.code === 'TIMEOUT' || error.code === 'ABORTED')

const releasedMeanwhile = (service: string, what: string) =>
  aborted(what, undefined, {
    seen: `the lane was reset or released, or ${service} was stopped, before it ended`,
    remedy: 'await every call before the test ends',
    facts: { service },
  })

const withService = (service: string, seen: readonly string[] | Evidence): Evidence => {
  const evidence = 'length' in seen ? { details: seen } : seen
  return { ...evidence, facts: { service, ...evidence.facts } }
}
