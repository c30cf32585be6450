import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Operation } from './contender.ts'
import type { Answer, Order } from './contender-process.ts'

/** A running process of a contender. */
export interface RunningContender extends AsyncDisposable {
  /** Name of the contender. */
  readonly name: string
  /** Returns the milliseconds since its process was started. */
  age(): number
  /** Performs an operation; returns the milliseconds by its own clock, and its result. */
  order(operation: Operation, argument?: string): Promise<{ ms: number; result?: unknown }>
}

/** How to start the process. */
export interface ContenderOptions {
  /** Path of its file. */
  readonly file: string
  readonly env: Readonly<Record<string, string>>
}

const giveUpAfterMs = 120_000

/** Starts the process of a contender. */
export const startContender = (name: string, { file, env }: ContenderOptions): RunningContender => {
  const start = performance.now()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'contender-process.ts'), file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  })
  const answers = createAnswers(name, child)
  return {
    name,
    age: () => performance.now() - start,
    order: (operation, argument) =>
      answers.ask({ operation, ...(argument === undefined ? {} : { argument }) }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      if (child.connected) child.disconnect()
      else child.kill()
      await ended
    },
  }
}

// ---

const createAnswers = (name: string, child: ChildProcess) => {
  const waiting = new Map<number, (answer: Answer) => void>()
  let lastId = 0
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer))
  child.on('exit', (code, signal) => {
    for (const [id, settle] of waiting) settle({ id, error: `exited with ${code ?? signal}` })
  })
  const ask = async (order: Omit<Order, 'id'>): Promise<{ ms: number; result?: unknown }> => {
    const id = ++lastId
    const asked = Promise.withResolvers<Answer>()
    waiting.set(id, asked.resolve)
    const late = setTimeout(
      () => asked.resolve({ id, error: `no answer within ${giveUpAfterMs} ms` }),
      giveUpAfterMs,
    )
    if (child.connected) child.send({ id, ...order } satisfies Order)
    else asked.resolve({ id, error: 'its process has exited' })
    const answer = await asked.promise
    clearTimeout(late)
    waiting.delete(id)
    if ('error' in answer) throw new Error(`${name}, ${order.operation}: ${answer.error}`)
    return answer
  }
  return { ask }
}
