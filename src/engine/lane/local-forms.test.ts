import { expect, test } from 'vitest'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { assertLocalForms, withoutEffect } from './local-forms.ts'

const local = { command: ['node', 'server.js'], cwd: '/src' }

const services: Readonly<Record<string, ServiceSpec>> = {
  api: { image: 'api', local },
  hooks: { endpoint: 'test' },
  db: { image: 'postgres:17' },
  geo: { image: 'postgis', local: { unsupported: 'needs the extension postgis', remedy: 'wait' } },
  seeded: {
    image: 'x',
    local,
    tasks: { setup: [{ argv: ['seed'], container: { image: 'seeds' } }] },
  },
}

test('services without a local form fail all at once, each with its reason and remedy', () => {
  expect(() => assertLocalForms(services, Object.keys(services))).toThrow(
    expect.objectContaining({
      code: 'LOCAL_UNSUPPORTED',
      message: expect.stringContaining('3 services cannot run as processes of this machine'),
      details: [
        expect.stringMatching(/^db: it has no `local` key; add/),
        'geo: needs the extension postgis; wait',
        expect.stringMatching(
          /^seeded: its set-up runs in a container of its own; add `local.tasks`/,
        ),
      ],
      facts: expect.objectContaining({
        services: ['db', 'geo', 'seeded'].map((service) => expect.objectContaining({ service })),
      }),
    }),
  )
})

test('services that are not wanted need no local form, and a single one is named in the message', () => {
  assertLocalForms(services, ['api', 'hooks'])
  expect(() => assertLocalForms(services, ['api', 'geo'])).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('geo cannot run as a process of this machine: needs'),
      remedy: 'wait',
    }),
  )
})

test('a local task list replaces a set-up in a container', () => {
  const tasks = { setup: [{ argv: ['seed'] }] }
  assertLocalForms({ seeded: { ...services.seeded, local: { ...local, tasks } } }, ['seeded'])
})

test('what has no effect on a process is named, unless the local form replaces it', () => {
  const files = [{ content: 'x', to: '/etc/x' }]
  const spec: ServiceSpec = {
    image: 'x',
    files,
    mounts: [{ from: '/src', to: '/src' }],
    tmpfs: {},
    local,
  }
  expect(withoutEffect(spec)).toEqual(['files', 'mounts'])
  expect(withoutEffect({ ...spec, local: { ...local, files: [] } })).toEqual(['mounts'])
})
