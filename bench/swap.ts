import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTopology, http, lease } from 'mesocosm'
import { median, ratio } from './lib/samples.ts'

/*
 * How long it takes to swap a service for a process and back, against an environment change of the same service in its
 * container, each until it is ready: `node bench/swap.ts [rounds]`. Asked: a swap takes at most 1.5 times as long.
 */

const rounds = Number(process.argv[2] ?? 9)
const program = join(import.meta.dirname, 'services', 'app.cjs')
const folder = mkdtempSync(join(tmpdir(), 'mesocosm-bench-'))
writeFileSync(join(folder, 'package.json'), '{ "name": "bench", "private": true }\n')
const topology = defineTopology({
  name: 'bench',
  root: folder,
  services: {
    api: {
      image: 'node:24-trixie-slim',
      command: ['node', '/app.cjs'],
      files: [{ from: program, to: '/app.cjs' }],
      ports: { http: 3000 },
      ready: http('/health'),
      env: { MODE: 'none' },
      local: { command: [process.execPath, program] },
    },
  },
})

const timed = async <T>(act: () => Promise<T>): Promise<[T, number]> => {
  const start = performance.now()
  const result = await act()
  return [result, performance.now() - start]
}

await using lane = await lease(topology)
const { api } = lane.services
const times = { first: 0, in: [] as number[], back: [] as number[], env: [] as number[] }
const loads: number[] = []
for (let round = 0; round <= rounds; round++) {
  const [swap, inMs] = await timed(() => api.swap())
  const [, backMs] = await timed(async () => swap[Symbol.asyncDispose]())
  const [, envMs] = await timed(() => api.setEnv({ MODE: String(round) }))
  loads.push(loadavg()[0] ?? 0)
  // The first one also starts the relay, which later ones use.
  if (round === 0) times.first = inMs
  else {
    times.in.push(inMs)
    times.back.push(backMs)
    times.env.push(envMs)
  }
}
const ms = (number: number) => `${number.toFixed(0)} ms`
console.log(`medians of ${rounds} rounds, load ${Math.min(...loads)}–${Math.max(...loads)}`)
console.log(`environment change  ${ms(median(times.env))}`)
console.log(`first swap          ${ms(times.first)}`)
console.log(
  `swap                ${ms(median(times.in))}, ${ratio(times.in, times.env).toFixed(2)} ×`,
)
console.log(
  `back                ${ms(median(times.back))}, ${ratio(times.back, times.env).toFixed(2)} ×`,
)
rmSync(folder, { recursive: true, force: true })
