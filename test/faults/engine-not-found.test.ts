import { join } from 'node:path'
import { startNode } from '../lib/child.ts'
import { expect, test } from '../lib/test.ts'

test('an engine that does not answer is ENGINE_NOT_FOUND, with every candidate', async ({
  sandbox,
}) => {
  const DOCKER_HOST = `unix://${sandbox.folder}/missing.sock`
  await using child = startNode([join(import.meta.dirname, 'script/lease.ts'), sandbox.folder], {
    env: { ...sandbox.env, DOCKER_HOST },
  })
  expect(await child.told('lease')).toMatchObject({
    error: {
      code: 'ENGINE_NOT_FOUND',
      details: [expect.stringContaining(`DOCKER_HOST: ${DOCKER_HOST}: `)],
      remedy: expect.stringContaining('DOCKER_HOST'),
    },
  })
  expect(await child.ended).toMatchObject({ exitCode: 0 })
})

test('a missing docker context is reported by name', async ({ sandbox }) => {
  await using child = startNode([join(import.meta.dirname, 'script/lease.ts'), sandbox.folder], {
    // A context that the user named is the only candidate.
    env: { ...sandbox.env, DOCKER_CONTEXT: 'no-such-context', DOCKER_HOST: '' },
  })
  expect(await child.told('lease')).toMatchObject({
    error: { code: 'ENGINE_NOT_FOUND', message: expect.stringContaining('no-such-context') },
  })
})
