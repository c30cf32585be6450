import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type AnyTopology, defineTopology } from '../define/topology.ts'
import { debuggableServices } from './debuggable-services.ts'

const folderWith = (files: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-unit-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const projectOf = (topology: AnyTopology) => ({
  root: topology.root,
  file: undefined,
  topology,
  fault: undefined,
})

test('services with `debug` have ports of their own, and sources by Dockerfile or topology', async () => {
  const root = folderWith({
    'api/Dockerfile': 'FROM node\nWORKDIR /srv\nUSER node\nWORKDIR /app\n',
  })
  const image = 'node:24-trixie-slim'
  const topology = defineTopology({
    name: 'shop',
    root,
    services: {
      db: { image },
      api: { build: './api', debug: 'node' },
      worker: { image, workdir: '/work', debug: 'node' },
      jobs: { image, debug: { kind: 'python', sources: { local: './jobs', remote: '/jobs' } } },
      other: { image, debug: 7_000 },
    },
  })
  const found = await debuggableServices(projectOf(topology))
  expect(found).toEqual([
    {
      ...{ service: 'api', lane: 'lane_1', kind: 'node', port: 9_229 },
      sources: { local: join(root, 'api'), remote: '/app' },
    },
    { service: 'worker', lane: 'lane_1', kind: 'node', port: 9_230 },
    {
      ...{ service: 'jobs', lane: 'lane_1', kind: 'python', port: 5_678 },
      sources: { local: join(root, 'jobs'), remote: '/jobs' },
    },
    { service: 'other', lane: 'lane_1', port: 7_000 },
  ])
})
