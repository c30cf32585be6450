import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { definePlugin, defineTopology } from 'mesocosm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sourcedServices } from './sourced-services.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mesocosm-services-'))
})
afterEach(() => rm(root, { recursive: true }))

const put = async (folder: string, ...names: string[]) => {
  await mkdir(join(root, folder), { recursive: true })
  for (const name of names) await writeFile(join(root, folder, name), '')
}

test('sourcedServices returns services with build, sources or cli, but no plugins or plain images', () => {
  const store = definePlugin({ name: 'store', service: () => ({ build: './store' }) })
  const topology = defineTopology({
    name: 'read',
    root,
    services: {
      web: { image: 'nginx' },
      store: store(),
      worker: { image: 'acme/worker', sources: ['./worker', '../common'] },
      jobs: { image: 'acme/jobs', cli: ['jobs'] },
      api: { build: './api', exec: { seed: () => ['seed'] } },
    },
  })
  const services = sourcedServices(topology).map(({ folders, ...service }) => ({
    ...service,
    folders: folders.map((folder) => relative(root, folder)),
  }))
  expect(services).toEqual([
    {
      name: 'api',
      folders: ['api'],
      packages: [],
      dockerfile: join(root, 'api/Dockerfile'),
      declared: ['seed'],
    },
    { name: 'jobs', folders: [], packages: [], cli: ['jobs'], declared: [] },
    { name: 'worker', folders: ['worker', '../common'], packages: [], declared: [] },
  ])
})

test('a service with an inline Dockerfile has no Dockerfile to read', () => {
  const build = { context: '.', dockerfileInline: 'FROM x' }
  const [service] = sourcedServices(
    defineTopology({ name: 'read', root, services: { it: { build } } }),
  )
  expect(service).toMatchObject({ folders: [root] })
  expect(service).not.toHaveProperty('dockerfile')
})

test('the sources of a service built from a monorepo root are the project folder above its Dockerfile', async () => {
  await put('services/api', 'package.json')
  await put('services/api/docker', 'Dockerfile')
  await put('deploy', 'web.Dockerfile')
  const of = (dockerfile: string, target?: string) => {
    const build = { context: '.', dockerfile, ...(target === undefined ? {} : { target }) }
    const [service] = sourcedServices(
      defineTopology({ name: 'read', root, services: { it: { build } } }),
    )
    return { folder: relative(root, service?.folders[0] ?? ''), target: service?.target }
  }
  expect(of('services/api/docker/Dockerfile', 'run')).toEqual({
    folder: 'services/api',
    target: 'run',
  })
  expect(of('deploy/web.Dockerfile')).toEqual({ folder: '', target: undefined })
  expect(of('../elsewhere/Dockerfile')).toEqual({ folder: '', target: undefined })
})
