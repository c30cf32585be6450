import { ref } from 'mesocosm'
import { app } from '../lib/app.ts'
import { madeBy } from '../lib/engine.ts'
import { expect, test } from '../lib/test.ts'
import { faultOf, writeFolder } from './lease.ts'

test('a port out of range is reported with its path', async ({ sandbox }) => {
  const fault = await faultOf(sandbox, { api: { ...app, ports: { http: 70_000 } } })
  expect(fault).toMatchObject({
    code: 'TOPOLOGY_INVALID',
    details: ['services.api.ports.http.port: must be a port number from 1 to 65535'],
  })
})

test('a dependency cycle is reported in its order', async ({ sandbox }) => {
  const fault = await faultOf(sandbox, {
    api: { ...app, dependsOn: ['web'] },
    web: { ...app, env: { STORE: ref('store.http.url') } },
    store: { ...app, dependsOn: ['api'] },
  })
  expect(fault.code).toBe('TOPOLOGY_INVALID')
  expect(fault.message).toContain('api → web → store → api')
})

test('all faults are reported at once, and nothing is started', async ({ sandbox }) => {
  const fault = await faultOf(sandbox, {
    'Bad Name': app,
    none: { ...app, image: undefined },
    api: { ...app, env: { STORE: ref('stor.http.url') }, dependsOn: ['nobody'] },
    store: { ...app, cpus: -1, mounts: [{ from: './nowhere', to: '/data' }] },
  })
  expect(fault.code).toBe('TOPOLOGY_INVALID')
  expect(fault.details).toEqual([
    expect.stringMatching(/^services\["Bad Name"\]: .*write "bad-name"/),
    'services.none: needs one of image, build and from',
    expect.stringMatching(/^services\.api\.env\.STORE: .*did you mean "store"/),
    expect.stringMatching(/^services\.api\.dependsOn\.nobody: unknown service/),
    'services.store.cpus: must be more than 0',
    expect.stringMatching(/^services\.store\.mounts\[0\]\.from: there is no .*nowhere/),
  ])
  expect((await madeBy(sandbox.runs().at(-1) ?? '')).containers).toEqual([])
})

test('a missing build folder and a missing Dockerfile are reported', async ({ sandbox }) => {
  const fault = await faultOf(sandbox, {
    api: { ...app, image: undefined, build: './nowhere' },
    web: { ...app, image: undefined, build: writeFolder(sandbox, 'empty', {}) },
  })
  expect(fault).toMatchObject({
    code: 'TOPOLOGY_INVALID',
    details: [
      `services.api.build: there is no folder ${sandbox.folder}/nowhere`,
      `services.web.build: there is no Dockerfile in ${sandbox.folder}/empty`,
    ],
  })
})
