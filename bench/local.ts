// `node bench/local.ts [rounds]`: how long the shop needs on processes of this machine. Each round is a new run. The
// first one, in which PostgreSQL makes the data folder that the others use, is not counted.
import { spawnSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { installServices } from '../examples/shop/install-services.ts'

const rounds = Number(process.argv[2] ?? 7)
const script = `
import { lease } from 'mesocosm'
import { topology } from '${join(import.meta.dirname, '../examples/shop/topology.ts')}'
const timed = async (work) => {
  const begin = performance.now()
  const result = await work()
  return [performance.now() - begin, result]
}
const [ready, one] = await timed(() => lease(topology, { key: 'one' }))
const [lane, two] = await timed(() => lease(topology, { key: 'two' }))
const [env] = await timed(() => one.services.api.withEnv({ SIGNUP: 'open' }, async () => {}))
const [reset] = await timed(() => one.reset())
console.log(JSON.stringify({ ready, lane, env, reset }))
// As long as a suite takes: meanwhile PostgreSQL makes the data folder of its next start.
await new Promise((resolve) => setTimeout(resolve, 5_000))
await Promise.all([one.release(), two.release()])
`

const titles = {
  ready: 'all services ready, from the call',
  lane: 'one more lane ready',
  env: 'an environment change of api, and back',
  reset: 'reset of a lane',
} as const

type Sample = Readonly<Record<keyof typeof titles, number>>

const measure = (): Sample => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '-e', script],
    {
      cwd: join(import.meta.dirname, '../examples/shop'),
      env: { ...process.env, MESOCOSM_RUNTIME: 'local', MESOCOSM_GRACE_MS: '1' },
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Sample
}

await installServices()
measure()
const load = [loadavg()[0] ?? 0]
const samples = Array.from({ length: rounds }, () => {
  const sample = measure()
  load.push(loadavg()[0] ?? 0)
  return sample
})
for (const [name, title] of Object.entries(titles)) {
  const sorted = samples.map((sample) => sample[name as keyof Sample]).sort((a, b) => a - b)
  const [least = 0, median = 0] = [sorted[0], sorted[Math.floor(sorted.length / 2)]]
  process.stdout.write(
    `${title}: median ${median.toFixed(0)} ms, least ${least.toFixed(0)} ms, of ${rounds}\n`,
  )
}
process.stdout.write(`load ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}\n`)
