import { expect, test } from 'vitest'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'
import { RunEngine } from './run-engine.ts'

const ignored = 'Your kernel does not support memory limit capabilities. Limitation discarded.'

/** An engine that does not know limits of memory. */
const warn = ({ memoryMiB }: ContainerSpec): readonly string[] =>
  memoryMiB === undefined ? [] : [ignored]

test('a limit that the engine ignores is in the record and the progress, once per service', async () => {
  await using scene = await openScene({ programs: { daemon }, warn })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const services = { api: app({ memoryMiB: 64 }), db: app({ memoryMiB: 64 }), web: app() }
  for (const key of ['a', 'b']) {
    const signal = new AbortController().signal
    const request = { key, slot: undefined, reset: undefined, call: asked, signal }
    const lane = await engine.lease({ spec: topology(services), ...request })
    await lane.start(undefined, asked)
  }
  const events = scene.events('svc.warning') as readonly { readonly s: string }[]
  expect([...events].sort((a, b) => a.s.localeCompare(b.s))).toMatchObject([
    { s: 'api', l: 'lane_1', message: ignored },
    { s: 'db', l: 'lane_1', message: ignored },
  ])
  const lines = scene.progress.filter(({ kind }) => kind === 'warning')
  expect(lines).toHaveLength(2)
  expect(lines).toContainEqual({ kind: 'warning', lane: 'lane_1', service: 'api', line: ignored })
})

test('a warning about a sandbox is reported for its service', async () => {
  const words = "The requested image's platform does not match the detected host platform"
  await using scene = await openScene({
    programs: { daemon },
    warn: ({ network }) => (network.kind === 'own' ? [words] : []),
  })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const signal = new AbortController().signal
  const request = { key: 'a', slot: undefined, reset: undefined, call: asked, signal }
  const lane = await engine.lease({ spec: topology({ api: app() }), ...request })
  await lane.start(undefined, asked)
  expect(scene.events('svc.warning')).toMatchObject([{ s: 'api', message: words }])
})
