import { afterAll, describe, expect, test } from 'vitest'
import type { Edit } from './editor.ts'
import { closeEditors, openEditors } from './editors.ts'
import { fixture, inTopology, inUse, mistake } from './typed.ts'

const editors = await openEditors(fixture)
afterAll(() => closeEditors(editors))

const service = (definition: string) =>
  inTopology('    web: {', `    neu: ${definition},\n    web: {`)

describe.each(editors)('$name:', ({ editor }) => {
  test('the fixture has no errors', async () => {
    expect(await editor.errors(inTopology("SIGNUP: 'closed'", "SIGNUP: 'closed'"))).toEqual([])
    expect(await editor.errors(inUse('api.env.SIGNUP satisfies string'))).toEqual([])
  })

  describe('one mistake in the topology is one readable error at the mistake:', () => {
    test.each<[string, Edit, string, RegExp]>([
      ['a wrong service in a ref', mistake, 'DATABASE_URL', /Did you mean '"db.url"'\?$/],
      [
        'a wrong output in an array of parts',
        inTopology("'mail.smtp.port'", "'mail.smtp.prt'"),
        "ref('mail.smtp.prt')",
        /Did you mean '"mail.smtp.port"'\?$/,
      ],
      [
        'a wrong service in dependsOn',
        inTopology("['db', 'mail']", "['db', 'mial']"),
        "'mial'",
        /"mail"/,
      ],
      [
        'the service itself in dependsOn',
        inTopology("['db', 'mail']", "['api']"),
        "'api'",
        /'"api"' is not assignable to type '"db" \| "mail" \| "web"'/,
      ],
      [
        'an unknown service in a dependsOn record',
        inTopology("{ api: 'healthy' }", "{ api: 'healthy', apj: 'healthy' }"),
        'dependsOn',
        /✗ unknown service \\"apj\\"/,
      ],
      [
        'an unknown key',
        service("{ image: 'x', prots: {} }"),
        'prots',
        /✗ unknown service key \\"prots\\"/,
      ],
      [
        'a service without image, build and from',
        service('{ ports: { http: 1 } }'),
        'neu',
        /✗ a service needs one of image, build and from/,
      ],
      [
        'a service with both image and build',
        service("{ image: 'x', build: '.' }"),
        'build',
        /✗ a service takes only one of image, build and from/,
      ],
      [
        'an unknown build key',
        service("{ build: { context: '.', file: 'x' } }"),
        'file',
        /✗ unknown build key \\"file\\"/,
      ],
      [
        'a port with the name of a handle method',
        service("{ image: 'x', ports: { exec: 1 } }"),
        'exec',
        /✗ \\"exec\\" is a name of every handle/,
      ],
      [
        'a probe of an unknown port',
        inTopology("http('/health')", "http('/health', { port: 'admn' })"),
        'ready',
        /Did you mean '"admin"'\?$/,
      ],
      [
        'a service with a reserved name',
        inTopology('    web: {', "    lane: { image: 'x' },\n    web: {"),
        'image',
        /✗ \\"lane\\" is reserved/,
      ],
    ])('%s', async (_, edit, under, words) => {
      const errors = await editor.errors(edit)
      expect(errors).toHaveLength(1)
      const [error = ''] = errors
      expect(error.slice(0, error.indexOf(': '))).toBe(under)
      expect(error).toMatch(words)
    })
  })

  describe('one mistake in a test is one error that suggests the right name:', () => {
    test.each<[string, string, RegExp]>([
      [
        'a wrong variable',
        "await api.withEnv({ LOG_LEVELL: 'x' })",
        /^LOG_LEVELL: [\s\S]*'LOG_LEVEL'\?$/,
      ],
      [
        'a wrong value of a variable',
        "await api.withEnv({ LOG_LEVEL: 'loud' })",
        // The order of a union's members differs between compilers.
        /^LOG_LEVEL: (?=[\s\S]*"debug")[\s\S]*"info"/,
      ],
      [
        'an unknown variable of a service without generated types',
        "await web.withEnv({ ANY: '' })",
        /^ANY: /,
      ],
      [
        'a wrong argument',
        "await api.exec.createAdmin({ emial: '' })",
        /^emial: [\s\S]*'email'\?$/,
      ],
      [
        'a wrong command',
        "await api.exec.createAdmn({ email: '' })",
        /^createAdmn: [\s\S]*'createAdmin'\?$/,
      ],
      ['a wrong service', 'services.apii', /^apii: [\s\S]*'api'\?$/],
      ['a wrong method of a plugin', 'await mail.mesages()', /^mesages: [\s\S]*'messages'\?$/],
      ['a wrong port', 'api.admn.url', /^admn: [\s\S]*'admin'\?$/],
      [
        'a missing argument of a generated command',
        "await api.exec['app:create-admin']()",
        /Expected 1-3 arguments/,
      ],
      [
        'a wrong option of a generated command',
        "await api.exec['app:create-admin']('', { forc: true })",
        /'force'\?$/,
      ],
    ])('%s', async (_, statement, words) => {
      const errors = await editor.errors(inUse(statement))
      expect(errors).toHaveLength(1)
      expect(errors[0]).toMatch(words)
    })
  })
})
