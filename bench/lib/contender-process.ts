import type { Contender, Operation } from './contender.ts'

/*
 * The process of one contender: `node contender-process.ts <file>`.
 * Performs the orders that it receives over IPC, and answers each with the milliseconds that it took.
 */

/** A message to the process: perform an operation. */
export interface Order {
  readonly id: number
  readonly operation: Operation
  readonly argument?: string
}

/** The answer to an order. */
export type Answer =
  | { readonly id: number; readonly ms: number; readonly result?: unknown }
  | { readonly id: number; readonly error: string }

const createWorker = (contender: Contender) => {
  let undo: (() => Promise<void>) | undefined
  const perform = async ({ id, operation, argument }: Order): Promise<Answer> => {
    await undo?.()
    undo = undefined
    const work = contender[operation] as ((argument?: string) => Promise<unknown>) | undefined
    if (work === undefined) throw new Error(`${process.argv[2]} cannot ${operation}`)
    const start = performance.now()
    const result = await work.call(contender, argument)
    const ms = performance.now() - start
    if (typeof result !== 'function') return { id, ms, result }
    // Undone before the next order is timed.
    undo = result as () => Promise<void>
    return { id, ms }
  }
  return (order: Order): Promise<Answer> =>
    perform(order).catch((error: unknown) => ({
      id: order.id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
}

if (import.meta.main) {
  const { contender } = (await import(process.argv[2] as string)) as { contender: Contender }
  const perform = createWorker(contender)
  process.on('message', async (order: Order) => process.send?.(await perform(order)))
  process.on('disconnect', () => process.exit())
  // The parent decides when this process ends.
  process.on('SIGINT', () => {})
}
