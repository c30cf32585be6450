import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { server } from './server.ts'

test('the server outlives a client that disconnects in the middle of a request', async () => {
  const program = spawn(process.execPath, ['-e', server], { env: { PORT: '0', GREETING: 'Hello' } })
  try {
    const [line] = await once(program.stdout, 'data')
    const port = Number(/\d+/.exec(String(line))?.[0])
    const guests = async () => (await fetch(`http://127.0.0.1:${port}/guests`)).json()
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /guests HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nA')
    await guests()
    socket.resetAndDestroy()
    await once(socket, 'close')
    expect(await guests()).toEqual([])
    expect(program.exitCode).toBeNull()
  } finally {
    program.kill()
  }
})
