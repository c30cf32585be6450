import { openLane } from 'mesocosm/runner'
import { tellOutcome, untilGo } from '../../lib/script.ts'
import { topology } from './topology.ts'

// Waits in every way that has a limit, each time longer than the limit.
const go = untilGo('go')
const open = await openLane(topology, { services: ['quick'] })
const { lane } = open
const { quick } = lane.services
await go
await tellOutcome('start', async () => {
  await lane.start('slow')
  return (await fetch(`${lane.services.slow.http.url}/health`)).status
})
await tellOutcome('exec', async () => {
  const { stdout } = await quick.run(['sh', '-c', 'sleep 3; echo slept'], { timeoutMs: 500 })
  return stdout.trim()
})
await tellOutcome('log', async () => {
  const line = quick.logs.waitFor('late', { timeoutMs: 500 })
  line.catch(() => undefined)
  await quick.run(['sleep', '2'])
  await fetch(`${quick.http.url}/say?text=late`)
  return (await line).text
})
process.stdin.ref()
await untilGo('again')
await tellOutcome('exec after', () => quick.run(['sleep', '30'], { timeoutMs: 2_000 }))
await open.release('light')
