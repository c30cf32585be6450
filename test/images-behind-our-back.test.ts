import { defineTopology, lease } from 'mesocosm'
import { afterAll } from 'vitest'
import { tarOf } from '../src/docker/api/tar.ts'
import { writeFolder } from './faults/lease.ts'
import { app, envOf } from './lib/app.ts'
import { ask } from './lib/engine.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'

/** An image of the user's own. */
const own = `mesocosm-test/own:${process.pid}`
const topology = `behind-${process.pid}`

/** Builds `own` without Mesocosm, as a user does while the run is warm. */
const buildOwn = async (version: string): Promise<void> => {
  const bytes = Buffer.from(`FROM ${app.image}\nENV VERSION=${version}\n`)
  const body = tarOf([{ name: 'Dockerfile', mode: 0o644, content: { kind: 'bytes', bytes } }])
  const query = { t: own, q: '1' }
  const { stream } = await ask<{ stream?: string }>({ method: 'POST', path: '/build', query, body })
  expect(stream).toMatch(/^sha256:/)
}

const removeImage = (name: string) =>
  ask({ method: 'DELETE', path: `/images/${name}`, query: { force: '1' } })

afterAll(async () => {
  const images = await ask<{ RepoTags: string[] | null }[]>({ path: '/images/json' })
  const names = images.flatMap(({ RepoTags }) => RepoTags ?? [])
  for (const name of names)
    if (name === own || name.startsWith(`mesocosm/${topology}-`)) await removeImage(name)
})

const { image: _, ...withoutImage } = app

const declare = (sandbox: Sandbox) =>
  defineTopology({
    name: topology,
    root: sandbox.folder,
    services: {
      built: { ...withoutImage, build: './built' },
      pulled: { ...app, image: own, env: { A: undefined } },
      other: app,
    },
  })

const versions = async ({
  services: { built, pulled },
}: Awaited<ReturnType<typeof lease<ReturnType<typeof declare>>>>) => [
  (await envOf(built)).VERSION,
  (await envOf(pulled)).VERSION,
]

test('a warm run sees an image that was built again, and one that lost its name', async ({
  sandbox,
}) => {
  writeFolder(sandbox, 'built', { Dockerfile: `FROM ${own}\n` })
  await buildOwn('one')
  const first = await lease(declare(sandbox))
  expect(await versions(first)).toEqual(['one', 'one'])
  // The run ends soon after its last lane was released.
  await buildOwn('two')
  await first.release()
  await using second = await lease(declare(sandbox))
  expect(sandbox.runs()).toHaveLength(1)
  expect(await versions(second)).toEqual(['two', 'two'])

  await removeImage(own)
  await second.services.pulled.withEnv({ A: '1' }, async () => {
    expect(await envOf(second.services.pulled)).toMatchObject({ A: '1', VERSION: 'two' })
  })
  await second.reset({ level: 'deep' })
  expect(await versions(second)).toEqual(['two', 'two'])
})
