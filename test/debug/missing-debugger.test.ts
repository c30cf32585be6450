import { defineTopology, lease } from 'mesocosm'
import { expect, test } from '../lib/test.ts'

const serve = "require('node:http').createServer((_, answer) => answer.end('ok')).listen(3000)"

test('a debugger that is not in the image is DEBUGGER_UNAVAILABLE, and the service runs as before', async ({
  sandbox,
}) => {
  const node = { image: 'node:24-trixie-slim', ports: { http: 3000 }, debug: 'go' } as const
  const topology = defineTopology({
    name: 'missing',
    root: sandbox.folder,
    services: {
      python: {
        image: 'python:3.13-slim-trixie',
        command: ['python3', '-m', 'http.server', '3000'],
        ports: { http: 3000 },
        debug: 'python',
      },
      // Started by the shell of the entrypoint, and without one.
      named: { ...node, command: ['node', '-e', serve] },
      direct: { ...node, entrypoint: ['/usr/local/bin/node'], command: ['-e', serve] },
    },
  })
  await using lane = await lease(topology)
  for (const [name, debugger_] of [
    ['python', 'debugpy'],
    ['named', 'dlv'],
    ['direct', 'dlv'],
  ] as const) {
    const service = lane.services[name]
    await expect(service.debug()).rejects.toMatchObject({
      code: 'DEBUGGER_UNAVAILABLE',
      summary: `${name} cannot be debugged: ${debugger_} is not in its image`,
      remedy: expect.stringContaining('in the Dockerfile'),
    })
    expect((await service.http.fetch('/')).status).toBe(200)
  }
})
