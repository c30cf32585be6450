import { join } from 'node:path'
import { defineTopology, http, lease } from 'mesocosm'
import { attachCdp, type CdpDebugger } from '../lib/debuggers/cdp.ts'
import { eventually } from '../lib/eventually.ts'
import { expect, test } from '../lib/test.ts'

const file = join(import.meta.dirname, 'program/server.cjs')
const scripts = { start: 'node server.cjs', dev: 'node --watch server.cjs' }

test('of the processes of npm the program is debugged, from its start and while it runs', async ({
  sandbox,
}) => {
  const program = {
    image: 'node:24-trixie-slim',
    workdir: '/app',
    files: [
      { from: file, to: '/app/server.cjs' },
      { content: JSON.stringify({ scripts }), to: '/app/package.json' },
    ],
    ports: { http: 3000 },
    ready: http('/'),
    debug: 'node',
  } as const
  const topology = defineTopology({
    name: 'npm',
    root: sandbox.folder,
    services: {
      start: { ...program, command: ['npm', 'start'] },
      dev: { ...program, command: ['npm', 'run', 'dev'] },
    },
  })
  await using lane = await lease(topology)
  for (const service of [lane.services.start, lane.services.dev]) {
    const greet = () => service.http.fetch('/greet?name=Ada')
    {
      const { port } = await service.debug()
      // Until it starts again there is no inspector; it resolves when the debugger has let the program go on.
      const waiting = service.debug({ break: true })
      await using debug = await eventually(() => attachCdp(port))
      await using _ = await waiting
      await reaches(debug, greet)
    }
    const { port } = await service.debug()
    await using debug = await eventually(() => attachCdp(port))
    await reaches(debug, greet)
  }
})

// ---

/** Expects the request to reach a breakpoint of the program. */
const reaches = async (debug: CdpDebugger, request: () => Promise<Response>): Promise<void> => {
  await debug.breakAt('/app/server.cjs', 7)
  const answer = request()
  expect(await debug.hit()).toEqual({ file: '/app/server.cjs', line: 7 })
  await debug.resume()
  expect((await answer).status).toBe(200)
}
