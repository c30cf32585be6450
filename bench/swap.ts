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

const times = {
  first: [] as number[],
  in: [] as number[],
  back: [] as number[],
  env: [] as number[],
}
const loads: number[] = []
for (let round = 0; round < rounds; round++) {
  // A new lane: its first swap also starts the relay, which later ones use.
  await using lane = await lease(topology, { key: String(round) })
  const { api } = lane.services
  const [, envMs] = await timed(() => api.setEnv({ MODE: 'changed' }))
  const [first, firstMs] = await timed(() => api.swap())
  await first[Symbol.asyncDispose]()
  const [swap, inMs] = await timed(() => api.swap())
  const [, backMs] = await timed(async () => swap[Symbol.asyncDispose]())
  loads.push(loadavg()[0] ?? 0)
  times.env.push(envMs)
  times.first.push(firstMs)
  times.in.push(inMs)
  times.back.push(backMs)
}
const ms = (number: number) => `${number.toFixed(0)} ms`
console.log(`medians of ${rounds} rounds, load ${Math.min(...loads)}–${Math.max(...loads)}`)
console.log(`environment change  ${ms(median(times.env))}`)
console.log(
  `first swap          ${ms(median(times.first))}, ${ratio(times.first, times.env).toFixed(2)} ×`,
)
console.log(
  `swap                ${ms(median(times.in))}, ${ratio(times.in, times.env).toFixed(2)} ×`,
)
console.log(
  `back                ${ms(median(times.back))}, ${ratio(times.back, times.env).toFixed(2)} ×`,
)
rmSync(folder, { recursive: true, force: true })
