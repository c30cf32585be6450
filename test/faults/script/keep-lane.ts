import { defineTopology } from 'mesocosm'
import { openLane } from 'mesocosm/runner'
import { app, envOf } from '../../lib/app.ts'
import { tell, tellOutcome, untilGo } from '../../lib/script.ts'

// Leases a lane and uses it on request: writes numbered lines to the service's log, then changes its environment.
const count = 300
const writer = `
  const { appendFileSync } = require('node:fs')
  let line = 0
  const timer = setInterval(() => {
    appendFileSync('/proc/1/fd/1', \`line \${++line}\\n\`)
    if (line === ${count}) clearInterval(timer)
  }, 5)`

const go = untilGo('go')
const root = process.argv[2] as string
const { lane, link } = await openLane(
  defineTopology({ name: 'faults', root, services: { api: { ...app, env: { ROUND: '0' } } } }),
)
const { api } = lane.services
tell('leased', { run: link.session.facts.run })

await go
const writing = tellOutcome('written', async () => {
  await api.run(['node', '-e', writer])
  await api.logs.waitFor(`line ${count}`)
  return api.logs.lines().flatMap(({ text }) => (text.startsWith('line ') ? [text] : []))
})
await api.logs.waitFor('line 20')
tell('writing')
await writing
for (const round of ['1', '2', '3'])
  await tellOutcome(`round ${round}`, async () => {
    await api.setEnv({ ROUND: round }, { timeoutMs: 40_000 })
    return (await envOf(api)).ROUND
  })
await tellOutcome('release', () => lane.release())
