import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology, http } from 'mesocosm'
import { openLane } from 'mesocosm/runner'
import { app } from '../../test/lib/app.ts'
import { tell } from '../../test/lib/script.ts'
import type { Phase } from './cells.ts'

// Brings a lane into a phase, reports it, and stays in it until it is killed.
const [root = '', phase] = process.argv.slice(2) as [string, Phase]
// A worker of Vitest ends with its runner.
process.on('disconnect', () => process.exit(1))
tell('worker', process.pid)

/** Longer than any cell. */
const long = 600_000

mkdirSync(join(root, 'image'), { recursive: true })
const step = phase === 'build' ? `RUN echo ${process.pid} && sleep 30\n` : ''
writeFileSync(join(root, 'image/Dockerfile'), `FROM node:24-trixie-slim\n${step}`)

const topology = defineTopology({
  name: 'matrix',
  root,
  services: {
    db: app,
    api: {
      build: './image',
      command: app.command,
      files: app.files,
      ports: { http: 3000 },
      ready: http('/health'),
      env: { ROUND: '0' },
    },
    slow: { ...app, env: { BOOT_MS: phase === 'probe' ? long : 0 }, readyTimeoutMs: long },
  },
})

const { lane } = await openLane(topology)
tell('ready')
if (phase === 'env change')
  for (let round = 0; ; round++) await lane.services.api.setEnv({ ROUND: `${round}` })
if (phase === 'add') {
  const never = { ...app, env: { BOOT_MS: long }, readyTimeoutMs: long }
  await lane.add('extra', never, { timeoutMs: long })
}
if (phase === 'reset') for (;;) await lane.reset({ level: 'deep' })
