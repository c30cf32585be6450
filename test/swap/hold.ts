import { defineTopology, http } from 'mesocosm'
import { openLane } from 'mesocosm/runner'
import { forever, tell } from '../lib/script.ts'

/** What the script reports to the test. */
export interface Swapped {
  readonly run: string
  /** Process id of the supervisor. */
  readonly supervisor: number
  /** Process ids of the service and of its child, which leads a process group of its own. */
  readonly pids: readonly number[]
}

// Holds a lane in which a service runs as a process, until it is killed.
const program = `
  const { spawn } = require('node:child_process')
  const child = spawn('sleep', ['100000'], { detached: true, stdio: 'ignore' })
  const pids = [process.pid, child.pid]
  require('node:http').createServer((_, response) => response.end(JSON.stringify(pids))).listen(process.env.PORT)`
const topology = defineTopology({
  name: 'swap-hold',
  root: process.argv[2] as string,
  services: {
    api: {
      image: 'node:24-trixie-slim',
      command: ['node', '-e', program],
      env: { PORT: 3000 },
      ports: { http: 3000 },
      ready: http('/'),
      local: { command: [process.execPath, '-e', program], cwd: import.meta.dirname },
    },
  },
})
const { lane, link } = await openLane(topology)
const { api } = lane.services
await api.swap()
const pids = (await (await api.http.fetch('/')).json()) as number[]
const { run, pid: supervisor } = link.session.facts
tell('swapped', { run, supervisor, pids } satisfies Swapped)
await forever()
