import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Hit, ScriptedDebugger } from './debugger.ts'
import { createQueue } from './queue.ts'

/** A debugger of PHP, to which programs connect. */
export interface DbgpDebugger extends ScriptedDebugger {
  /** Port of 127.0.0.1 at which it listens. */
  readonly port: number
}

/** One program that has connected. */
interface Program {
  send(command: string, data?: string): Promise<string>
}

/**
 * Listens for Xdebug, as an IDE does. Each program that connects gets the breakpoints and runs.
 *
 * @param port port of 127.0.0.1; default any free one.
 */
export const listenDbgp = async (port = 0): Promise<DbgpDebugger> => {
  const breakpoints: { readonly file: string; readonly line: number }[] = []
  const hits = createQueue<{ readonly program: Program; readonly hit: Hit }>()
  const sockets = new Set<Socket>()
  const state: { paused?: Program } = {}

  const setAt = (program: Program, { file, line }: { file: string; line: number }) =>
    program.send(`breakpoint_set -t line -f file://${file} -n ${line}`)

  /** Lets it run until it pauses or ends. */
  const run = async (program: Program): Promise<void> => {
    const answer = await program.send('run')
    if (/ status="break"/.test(answer)) {
      const file = / filename="file:\/\/([^"]*)"/.exec(answer)?.[1] ?? ''
      hits.push({ program, hit: { file, line: Number(/ lineno="(\d+)"/.exec(answer)?.[1]) } })
    } else if (/ status="stopping"/.test(answer)) await program.send('stop')
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    const program = openProgram(socket, () => {
      void (async () => {
        for (const breakpoint of breakpoints) await setAt(program, breakpoint)
        await run(program)
        // A program that ends or is killed takes its connection with it.
      })().catch(() => undefined)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')

  return {
    port: address.port,
    async breakAt(file, line) {
      breakpoints.push({ file, line })
    },
    async hit() {
      const { program, hit } = await hits.next()
      state.paused = program
      return hit
    },
    async evaluate(expression) {
      const data = Buffer.from(expression).toString('base64')
      const answer = (await state.paused?.send('eval', data)) ?? ''
      const [, attributes = '', value = ''] =
        /<property([^>]*)>(?:<!\[CDATA\[)?([^<\]]*)/.exec(answer) ?? []
      return attributes.includes('encoding="base64"')
        ? Buffer.from(value, 'base64').toString()
        : value
    },
    async resume() {
      const program = state.paused
      if (program === undefined) throw new Error('no program has paused')
      // Its answer arrives when the program pauses again or ends.
      void run(program).catch(() => undefined)
    },
    async [Symbol.asyncDispose]() {
      hits.end(new Error('the debugger was disposed'))
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

// ---

/** @param onInit called when the program has introduced itself. */
const openProgram = (socket: Socket, onInit: () => void): Program => {
  const answers = new Map<number, PromiseWithResolvers<string>>()
  const state = { lastId: 0, rest: Buffer.alloc(0) }
  const onMessage = (xml: string): void => {
    if (/<init\s/.test(xml)) {
      onInit()
      return
    }
    const id = Number(/ transaction_id="(\d+)"/.exec(xml)?.[1])
    answers.get(id)?.resolve(xml)
    answers.delete(id)
  }
  socket.on('data', (bytes: Buffer) => {
    state.rest = Buffer.concat([state.rest, bytes])
    for (;;) {
      const lengthEnd = state.rest.indexOf(0)
      const end = lengthEnd + 1 + Number(state.rest.subarray(0, Math.max(0, lengthEnd)).toString())
      if (lengthEnd < 0 || state.rest.length <= end) return
      const xml = state.rest.subarray(lengthEnd + 1, end).toString()
      state.rest = state.rest.subarray(end + 1)
      onMessage(xml)
    }
  })
  // Its `close` follows.
  socket.on('error', () => undefined)
  socket.once('close', () => {
    for (const answer of answers.values()) answer.reject(new Error('the program has disconnected'))
  })
  return {
    send(command, data) {
      state.lastId += 1
      const answer = Promise.withResolvers<string>()
      answers.set(state.lastId, answer)
      const [name, ...args] = command.split(' ')
      const words = [name, '-i', state.lastId, ...args, ...(data === undefined ? [] : ['--', data])]
      socket.write(`${words.join(' ')}\0`)
      return answer.promise
    },
  }
}
