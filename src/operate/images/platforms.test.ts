import { expect, test } from 'vitest'
import { defineTopology } from '../../define/topology.ts'
import type { ImageRequest } from '../../runtime/image-request.ts'
import { createMemoryRuntime } from '../../runtime/memory/memory-runtime.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Project } from '../project.ts'
import { imagesOn } from './list-images.ts'
import { pullOn } from './pull-images.ts'

const own = 'registry.test/db:1'
const kept = 'mesocosm/platform-linux-s390x-db:0123456789abcdef'

const project: Project = {
  root: '/nowhere',
  file: undefined,
  fault: undefined,
  topology: defineTopology({
    name: 'shop',
    root: '/nowhere',
    services: {
      db: { image: own },
      old: { image: own, platform: 'linux/s390x' },
    },
  }),
}

/** An engine that keeps an image for another platform under a name of its own, once it was pulled. */
const engine = () => {
  const requests: ImageRequest[] = []
  const memory = createMemoryRuntime({
    programs: { [own]: {}, [kept]: { platform: 'linux/s390x' } },
  } as never)
  let isPulled = false
  const runtime: Runtime = Object.assign(Object.create(memory) as Runtime, {
    image: async (request: ImageRequest) => {
      requests.push(request)
      if (request.kind === 'build' || request.platform === undefined) return memory.image(request)
      if (request.kind === 'pull') isPulled = true
      return memory.image({ ...request, reference: isPulled ? kept : 'registry.test/missing' })
    },
  })
  return { runtime, requests }
}

test('an image that services want for two platforms is listed and pulled for both', async () => {
  const { runtime, requests } = engine()
  const list = async () => {
    const { images } = await imagesOn(runtime, project)
    return images
      .filter(({ image }) => image === own)
      .map(({ present, platform, name, usedBy }) => ({
        present,
        platform,
        name,
        usedBy: usedBy.map((use) => use.service),
      }))
  }
  expect(await list()).toMatchObject([
    { usedBy: ['db'] },
    { usedBy: ['old'], present: false, platform: 'linux/s390x', name: undefined },
  ])
  await pullOn(runtime, project)
  const pulled = requests.filter(({ kind }) => kind === 'pull')
  expect(pulled).toMatchObject([{ reference: own }, { reference: own, platform: 'linux/s390x' }])
  expect(await list()).toMatchObject([
    { usedBy: ['db'], present: true },
    { usedBy: ['old'], present: true, name: kept },
  ])
})
