import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { startNode, startScript } from '../lib/child.ts'
import { ask, engineSocket, programs } from '../lib/engine.ts'
import { drained, eventually } from '../lib/eventually.ts'
import { processesOf } from '../lib/leaks.ts'
import { cleared } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const script = (name: string) => join(import.meta.dirname, 'script', name)

/** Passes a socket on to the engine until it is cut. */
const passTo = async (engine: string, path: string) => {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(engine)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    }
    client.pipe(upstream).pipe(client)
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

test.skipIf(engineSocket() === undefined)(
  'a lost engine fails every pending call with ENGINE_GONE, and the next run removes the leftovers',
  async ({ sandbox }) => {
    const path = join(sandbox.folder, 'engine.sock')
    const passage = await passTo(engineSocket() ?? '', path)
    await using child = startNode([script('outlive-engine.ts'), sandbox.folder], {
      env: { ...sandbox.env, DOCKER_HOST: `unix://${path}` },
    })
    const { run, web } = await child.told<{ run: string; web: string }>('leased')
    await eventually(async () => {
      const { [web]: id } = await programs(run)
      const { Config } = await ask<{ Config: { Env: string[] } }>({
        path: `/containers/${id}/json`,
      })
      expect(Config.Env).toContain('BOOT_MS=60000')
    })
    passage.cut()
    child.go('engine gone')
    const gone = { error: { code: expect.stringMatching(/^(ENGINE|SUPERVISOR)_GONE$/) } }
    expect(await child.told('waiting call')).toMatchObject({ error: { code: 'ENGINE_GONE' } })
    expect(await child.told('waiting change')).toMatchObject({ error: { code: 'ENGINE_GONE' } })
    expect(await child.told('later call')).toMatchObject(gone)
    await child.told('release')
    expect(await child.ended).toMatchObject({ exitCode: 0 })

    await using next = startScript(sandbox, script('lease.ts'))
    expect(await next.told('lease')).toMatchObject({ value: expect.any(String) })
    await cleared(run)

    // What waits for the engine ends when it is back.
    const again = await passTo(engineSocket() ?? '', path)
    const temporary = sandbox.env.TMPDIR ?? ''
    const cleaners = async () => processesOf(temporary).filter((line) => line.includes('cleaner'))
    await drained(cleaners, 'left by the run whose engine was gone')
    again.cut()
  },
)
