/*
 * Prints whether memory, descriptors, files, containers, networks and images stay level over many env changes of one
 * lane, and over many runs that come up and go down. Every figure is read after the engine is quiet.
 *
 *   node bench/soak.ts [env changes, default 1000] [up and down, default 300]
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTopology, http, lease } from 'mesocosm'
import { down, listRuns, up } from 'mesocosm/operate'
import { label } from '../src/runtime/labels.ts'
import { engine } from './lib/engine.ts'

const [changes = 1000, cycles = 300] = process.argv.slice(2).map(Number)
const every = (total: number) => Math.max(1, Math.floor(total / 5))

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-soak-'))
writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
mkdirSync(join(folder, 'tmp'))
process.env.TMPDIR = join(folder, 'tmp')

/** One row of the table. */
interface Sample {
  readonly after: string
  readonly [figure: string]: string | number
}

const statusOf = (pid: number | 'self') => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    MiB: Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024),
    fds: readdirSync(`/proc/${pid}/fd`).length,
  }
}

const filesBelow = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  ).length

/** Other runs may use the same engine: only what was made for this topology counts. */
const onEngine = async () => {
  const docker = engine()
  const filters = { label: [`${label.topology}=soak`] }
  const [containers, networks, images, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listImages({ all: true, filters }),
    docker.listVolumes({ filters }),
  ])
  return {
    containers: containers.length,
    networks: networks.length,
    images: images.length,
    volumes: volumes?.length ?? 0,
  }
}

const rows: Sample[] = []
const sample = async (after: string, supervisor?: number) => {
  globalThis.gc?.()
  const own = statusOf('self')
  const theirs = supervisor === undefined ? undefined : statusOf(supervisor)
  rows.push({
    after,
    'own MiB': own.MiB,
    'own fds': own.fds,
    'supervisor MiB': theirs?.MiB ?? '',
    'supervisor fds': theirs?.fds ?? '',
    ...(await onEngine()),
    files: filesBelow(folder),
  })
  console.error(JSON.stringify(rows.at(-1)))
}

const topology = defineTopology({
  name: 'soak',
  root: folder,
  services: {
    api: {
      image: 'node:24-trixie-slim',
      command: ['node', '/app.cjs'],
      files: [{ from: join(import.meta.dirname, 'services', 'app.cjs'), to: '/app.cjs' }],
      env: { MODE: 'one', PORT: '3000' },
      ports: { http: 3000 },
      ready: http('/'),
    },
  },
})

try {
  if (changes > 0) {
    await using lane = await lease(topology)
    const [run] = await listRuns(folder)
    const pid = run?.pid
    await lane.services.api.withEnv({ MODE: 'warm-up' }, () => {})
    await sample('start', pid)
    for (let n = 1; n <= changes; n++) {
      await lane.services.api.setEnv({ MODE: `mode ${n}` })
      if (n % every(changes) === 0) await sample(`${n} env changes`, pid)
    }
  }
  if (cycles > 0) {
    await down(folder, { all: true })
    const project = { root: folder, file: undefined, topology, fault: undefined }
    for (let n = 0; n <= cycles; n++) {
      await up(project)
      await down(folder)
      if (n % every(cycles) === 0) await sample(`${n} up and down`)
    }
  }
} finally {
  console.table(rows)
  rmSync(folder, { recursive: true, force: true })
}
