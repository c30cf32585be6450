import { app } from '../lib/app.ts'
import { ask } from '../lib/engine.ts'
import { expect, test } from '../lib/test.ts'
import { faultOf, writeFolder } from './lease.ts'

test('an image that cannot be pulled is reported with the message of the registry', async ({
  sandbox,
}) => {
  // `.invalid` never resolves.
  const image = 'registry.invalid/some/image:1'
  const fault = await faultOf(sandbox, { api: { ...app, image } })
  expect(fault.code).toMatch(/^IMAGE_(PULL_FAILED|PULL_DENIED|NOT_FOUND)$/)
  expect(fault.facts).toMatchObject({ image, service: 'api' })
  expect(fault.message).toContain('registry.invalid')
  expect(fault.remedy).toContain(`docker pull ${image}`)
})

test('a failed build step is reported with its output, and leaves no container', async ({
  sandbox,
}) => {
  const step = 'RUN echo "before the end" && exit 9'
  const build = writeFolder(sandbox, 'fails', { Dockerfile: `FROM ${app.image}\n${step}\n` })
  const fault = await faultOf(sandbox, { api: { ...app, image: undefined, build } })
  expect(fault).toMatchObject({
    code: 'BUILD_FAILED',
    facts: { service: 'api' },
    details: [expect.stringContaining(step)],
    lastLogs: expect.arrayContaining(['before the end']),
  })
  expect(fault.summary).toContain('code: 9')
  const all = await ask<{ Command: string }[]>({ path: '/containers/json', query: { all: '1' } })
  expect(all.filter(({ Command }) => Command.includes('before the end'))).toEqual([])
})

test('an invalid build step is reported with its line', async ({ sandbox }) => {
  const build = writeFolder(sandbox, 'ill', { Dockerfile: `FROM ${app.image}\nRUNN true\n` })
  const fault = await faultOf(sandbox, { api: { ...app, image: undefined, build } })
  expect(fault.code).toBe('BUILD_FAILED')
  expect(fault.summary).toMatch(/line 2.*RUNN/)
})

test('a base image that cannot be pulled is reported', async ({ sandbox }) => {
  const build = writeFolder(sandbox, 'baseless', { Dockerfile: 'FROM registry.invalid/base:7\n' })
  const fault = await faultOf(sandbox, { api: { ...app, image: undefined, build } })
  expect(fault.code).toMatch(/^(BUILD_FAILED|IMAGE_PULL_FAILED)$/)
  expect(fault.message).toContain('registry.invalid')
})
