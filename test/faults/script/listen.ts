import { createInterface } from 'node:readline'
import { defineTopology, ref, testEndpoint } from 'mesocosm'
import { openLane } from 'mesocosm/runner'
import { app, askFrom } from '../../lib/app.ts'
import { tell, tellOutcome } from '../../lib/script.ts'

// Leases a lane, listens at its endpoint, and lets the service call it on request.
const { lane, link } = await openLane(
  defineTopology({
    name: 'listening',
    root: process.argv[2] as string,
    services: {
      hooks: testEndpoint(),
      api: { ...app, env: { WEBHOOK_URL: [ref('hooks.http.url'), '/'] } },
    },
  }),
)
await lane.listen('hooks', (_, response) => response.end('from the test'))
tell('listening', { run: link.session.facts.run, lane: lane.name })

let asked = 0
for await (const word of createInterface({ input: process.stdin })) {
  if (word === 'start') await tellOutcome('started', () => lane.start('hooks'))
  if (word === 'end') break
  if (word !== 'ask') continue
  asked += 1
  const { answer } = await askFrom(lane.services.api, 'http://hooks:8080/')
  tell(`answer ${asked}`, answer ?? null)
}
await tellOutcome('release', () => lane.release())
process.exit()
