import type { EnvPatch } from '../../define/env-patch.ts'
import type { BaseHandle, SwapOptions } from '../../define/handle.ts'
import { scoped } from '../../define/scoped.ts'
import type { CheckedArguments } from '../arguments/check-call.ts'
import type { LaneLink } from '../lane/lane-link.ts'
import { swapArguments } from './method-arguments.ts'

/** Runs a method as a span, after a check of its arguments. */
type Act = <T>(method: string, args: CheckedArguments, work: () => Promise<T>) => Promise<T>

/** Creates `swap` of a handle, with all its forms. */
export const createSwap = (
  link: LaneLink,
  service: string,
  act: Act,
): BaseHandle<EnvPatch>['swap'] => {
  const swapped = scoped((options: SwapOptions) =>
    act('swap', swapArguments(options), () => enter(link, service, act, options)),
  )
  const swap = <T>(
    optionsOrUse: SwapOptions | (() => T | Promise<T>) = {},
    use?: () => T | Promise<T>,
  ) => {
    if (typeof optionsOrUse === 'function') return swapped({}, optionsOrUse)
    return use === undefined ? swapped(optionsOrUse) : swapped(optionsOrUse, use)
  }
  return swap as BaseHandle<EnvPatch>['swap']
}

// ---

/** Swaps the service; returns how to put back what ran before. */
const enter = async (
  link: LaneLink,
  service: string,
  act: Act,
  { command, cwd, timeoutMs, signal }: SwapOptions,
): Promise<() => Promise<void>> => {
  const at = { lane: link.name, service }
  await link.letGo([service])
  const { id, view } = await link.call(
    'swap',
    {
      ...at,
      ...(command === undefined ? {} : { command }),
      ...(cwd === undefined ? {} : { cwd }),
    },
    {
      signal,
      timeoutMs,
      what: `the swap of ${service}`,
      // The caller got an error, so undo the swap.
      late: ({ id }) => link.undo('unswap', { ...at, id }),
    },
  )
  link.see(view)
  return async () => {
    // The release of the lane has already restored everything.
    if (link.released) return
    await act('swap.restore', {}, async () => {
      await link.letGo([service])
      // A caller who aborts the swap wants it undone.
      await link.change(
        'unswap',
        { ...at, id },
        { timeoutMs, what: `the return of ${service} to its container` },
      )
    })
  }
}
