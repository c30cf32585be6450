import { parseArgs } from 'node:util'
import { pause } from '../call/pause.ts'
import { messageOf } from '../errors/unknown-error.ts'
import { openRuntime } from '../open/open-runtime.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { doneWord } from './start-cleaner.ts'
import { removeOwned } from './sweep.ts'

/*
 * The process that removes what a supervisor leaves when it is killed together with its clients, so that no
 * successor does it. `start-cleaner.ts` starts it: at the supervisor's death, or, with `--wait`, at once.
 */

const { values } = parseArgs({
  options: { owner: { type: 'string' }, wait: { type: 'boolean' } },
})
const owner = values.owner as string
const log = (text: string) => process.stderr.write(`${new Date().toISOString()} cleaner: ${text}\n`)

const isDone = async (): Promise<boolean> => {
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  return text.trim() === doneWord
}

if (values.wait && (await isDone())) process.exit(0)
log('the supervisor ended without a word')
const onError = (error: unknown) => log(messageOf(error))
const runtime = await openWithin(120_000)
if (runtime === undefined) process.exit(1)
try {
  log(`removed ${await removeOwned(runtime, owner, { onError })} leftovers`)
} finally {
  await runtime[Symbol.asyncDispose]()
}

/** Opens the engine, which may be starting again. */
async function openWithin(ms: number): Promise<Runtime | undefined> {
  const deadline = performance.now() + ms
  for (;;) {
    try {
      return await openRuntime()
    } catch (error) {
      onError(error)
      if (performance.now() > deadline) return undefined
      await pause(1_000)
    }
  }
}
