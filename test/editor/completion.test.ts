import { afterAll, describe, expect, test } from 'vitest'
import { closeEditors, openEditors } from './editors.ts'
import { fixture, inTopology, inUse, mistake } from './typed.ts'

const editors = await openEditors(fixture)
afterAll(() => closeEditors(editors))

const outputs = [
  ...[
    'admin.host',
    'admin.port',
    'admin.url',
    'host',
    'http.host',
    'http.port',
    'http.url',
    'port',
  ].map((output) => `api.${output}`),
  ...['host', 'port', 'sql.host', 'sql.port', 'sql.url', 'url', 'user'].map((o) => `db.${o}`),
  ...[
    'host',
    'http.host',
    'http.port',
    'http.url',
    'port',
    'smtp.host',
    'smtp.port',
    'smtp.url',
  ].map((output) => `mail.${output}`),
  ...['host', 'http.host', 'http.port', 'http.url', 'port'].map((output) => `web.${output}`),
]
const variables = ['API_KEY', 'DATABASE_URL', 'FLAG', 'LOG_LEVEL', 'SIGNUP', 'SMTP', 'WEB']
const optional = (names: readonly string[]) => names.map((name) => `${name}?`)

describe.each(editors)('$name:', ({ editor }) => {
  describe('inside the topology, an editor offers', () => {
    test('every output of every service in a ref', async () => {
      expect(await editor.complete(inTopology("ref('db.url')", "ref('¦')"))).toEqual(outputs)
    })

    test('every output in a ref inside an array, and in a ref with options', async () => {
      const part = inTopology("ref('mail.smtp.host')", "ref('¦')")
      const withOptions = inTopology("ref('web.http.url', {", "ref('¦', {")
      expect(await editor.complete(part)).toEqual(outputs)
      expect(await editor.complete(withOptions)).toEqual(outputs)
    })

    test('the other services in dependsOn, never the service itself', async () => {
      const list = inTopology("dependsOn: ['db', 'mail']", "dependsOn: ['¦']")
      const record = inTopology("dependsOn: { api: 'healthy' }", "dependsOn: { api: 'healthy', ¦ }")
      const condition = inTopology("dependsOn: { api: 'healthy' }", "dependsOn: { api: '¦' }")
      expect(await editor.complete(list)).toEqual(['db', 'mail', 'web'])
      expect(await editor.complete(record)).toEqual(['db?', 'mail?'])
      expect(await editor.complete(condition)).toEqual(['completed', 'healthy', 'started'])
    })

    test('generated variables in env that are not declared', async () => {
      const added = inTopology("SIGNUP: 'closed',", "SIGNUP: 'closed',\n¦")
      expect(await editor.complete(added)).toEqual(['API_KEY?', 'FLAG?', 'LOG_LEVEL?'])
    })

    test('the keys of a service in an empty definition, and after a first key', async () => {
      const keys = expect.arrayContaining([
        'build?',
        'dependsOn?',
        'env?',
        'ports?',
        'ready?',
        'share?',
      ])
      expect(
        await editor.complete(inTopology('    web: {', '    neu: { ¦ },\n    web: {')),
      ).toEqual(keys)
      const added = inTopology('    web: {', "    neu: { image: 'x', ¦ },\n    web: {")
      const offered = await editor.complete(added)
      expect(offered).toEqual(keys)
      expect(offered).not.toContain('image?')
    })

    test('only the own keys of a port, a build and a cli', async () => {
      const port = inTopology('{ port: 3001 }', '{ port: 3001, ¦ }')
      const build = inTopology("build: './api'", "build: { context: '.', ¦ }")
      expect(await editor.complete(port)).toEqual(['protocol?', 'scheme?'])
      expect(await editor.complete(build)).toEqual([
        'args?',
        'cacheFrom?',
        'dockerfile?',
        'dockerfileInline?',
        'platform?',
        'secrets?',
        'ssh?',
        'target?',
      ])
      const cli = inTopology("['node', 'bin/run.js']", "{ argv: ['x'], ¦ }")
      expect(await editor.complete(cli)).toEqual(['kind?'])
    })

    test('the values of keys with a fixed set of values', async () => {
      const share = inTopology("image: 'nginx'", "image: 'nginx', share: '¦'")
      expect(await editor.complete(share)).toEqual(['lane', 'run'])
      const kind = inTopology("['node', 'bin/run.js']", "{ argv: ['x'], kind: '¦' }")
      expect(await editor.complete(kind)).toEqual(expect.arrayContaining(['oclif', 'symfony']))
    })

    test('the options of a plugin, and the keys that any service may have', async () => {
      const options = await editor.complete(inTopology('mailhog()', 'mailhog({ ¦ })'))
      expect(options).toEqual(expect.arrayContaining(['image?', 'readyTimeoutMs?', 'dependsOn?']))
      expect(options).not.toContain('command?')
    })

    test('the parsed arguments in argv of a command', async () => {
      const argv = inTopology('a.email', 'a.¦')
      expect(await editor.complete(argv)).toEqual(['email', 'role'])
    })
  })

  describe('in a test, an editor offers', () => {
    test('the services', async () => {
      expect(await editor.complete(inUse('services.¦'))).toEqual(['api', 'db', 'mail', 'web'])
    })

    test('ports, environment and commands of a service, and the methods of every handle', async () => {
      expect(await editor.complete(inUse('api.¦'))).toEqual(
        expect.arrayContaining(['admin', 'env', 'exec', 'http', 'logs', 'restart', 'withEnv']),
      )
      expect(await editor.complete(inUse('api.http.¦'))).toEqual(['fetch', 'host', 'port', 'url'])
    })

    test('ports, outputs and methods of a plugin', async () => {
      expect(await editor.complete(inUse('db.¦'))).toEqual(
        expect.arrayContaining(['query', 'sql', 'url', 'user', 'withEnv']),
      )
      const mail = await editor.complete(inUse('mail.¦'))
      expect(mail).toEqual(expect.arrayContaining(['clear', 'messages', 'smtp']))
      expect(mail).not.toContain('exec')
    })

    test('generated and declared variables to read and to set', async () => {
      expect(await editor.complete(inUse('api.env.¦'))).toEqual(variables)
      for (const call of ['api.withEnv({ ¦ })', 'api.withEnv({ ¦ }, () => 1)', 'api.setEnv({ ¦ })'])
        expect(await editor.complete(inUse(call))).toEqual(optional(variables))
    })

    test('the values of a generated variable', async () => {
      expect(await editor.complete(inUse("api.withEnv({ LOG_LEVEL: '¦' })"))).toEqual([
        'debug',
        'info',
      ])
    })

    test('declared and generated commands', async () => {
      const commands = ['app:create-admin', 'createAdmin', 'npm:migrate', 'seed']
      expect(await editor.complete(inUse('api.exec.¦'))).toEqual(commands)
      expect(await editor.complete(inUse("api.exec['¦']"))).toEqual(commands)
    })

    test('arguments of commands', async () => {
      const email = inUse('api.exec.createAdmin({ ¦ })')
      const role = inUse("api.exec.createAdmin({ email: '', role: '¦' })")
      const generated = inUse("api.exec['app:create-admin']('', { ¦ })")
      const choice = inUse("api.exec['app:create-admin']('', { role: '¦' })")
      expect(await editor.complete(email)).toEqual(['email', 'role?'])
      expect(await editor.complete(role)).toEqual(['admin', 'root'])
      expect(await editor.complete(generated)).toEqual(['force?', 'role?'])
      expect(await editor.complete(choice)).toEqual(['admin', 'root'])
    })

    test("what a plugin's method returns", async () => {
      const message = inUse('(await mail.messages())[0]?.¦')
      expect(await editor.complete(message)).toEqual(['subject', 'to'])
    })

    test('service names as arguments of lane methods', async () => {
      const names = ['api', 'db', 'mail', 'web']
      expect(await editor.complete(inUse("lane.disconnect('¦')"))).toEqual(names)
      expect(await editor.complete(inUse("lane.start('api', '¦')"))).toEqual(names)
    })

    test('refs to running services in a service that is added to the lane', async () => {
      const added = inUse("lane.add('s', { image: '', env: { A: ref('¦') } })")
      const offered = await editor.complete(added)
      expect(offered).toEqual(expect.arrayContaining(['api.http.url', 'db.url', 's.host']))
    })
  })

  describe('while the topology has a mistake, an editor still offers', () => {
    test.each([
      ['commands', 'api.exec.¦', ['app:create-admin', 'createAdmin', 'npm:migrate', 'seed']],
      ['variables', 'api.env.¦', variables],
      ['variables to set', 'api.withEnv({ ¦ })', optional(variables)],
      ['services', 'services.¦', ['api', 'db', 'mail', 'web']],
      ['ports', 'api.http.¦', ['fetch', 'host', 'port', 'url']],
    ])('%s', async (_, typed, offered) => {
      expect(await editor.complete(inUse(typed), mistake)).toEqual(offered)
    })

    test("a plugin's methods", async () => {
      const offered = await editor.complete(inUse('db.¦'), mistake)
      expect(offered).toEqual(expect.arrayContaining(['query', 'sql', 'url']))
    })
  })

  describe('for a topology derived from another, an editor offers', () => {
    test('outputs of old and new services in added services and variables', async () => {
      const service = "topology.with({ extra: { image: '', env: { A: ref('¦') } } })"
      const patch = "topology.with({ extra: mailhog() }, { api: { SMTP: ref('¦') } })"
      expect(await editor.complete(inUse(service))).toEqual(
        [...outputs, 'extra.host', 'extra.port'].toSorted(),
      )
      expect(await editor.complete(inUse(patch))).toEqual(
        expect.arrayContaining(['db.url', 'extra.host', 'extra.smtp.port']),
      )
    })

    test('the variables that can be overridden', async () => {
      const patch = inUse("topology.with({ extra: { image: '' } }, { api: { ¦ } })")
      expect(await editor.complete(patch)).toEqual(optional(variables))
    })

    test('services that can be removed', async () => {
      expect(await editor.complete(inUse("topology.without('db', '¦')"))).toEqual([
        'api',
        'db',
        'mail',
        'web',
      ])
    })

    test('the remaining and the added services', async () => {
      const handles = 'const f = (s: Handles<typeof t>) => { s.¦ }'
      const less = `const t = topology.without('mail'); ${handles}`
      const more = `const t = topology.with({ extra: mailhog() }); ${handles}`
      expect(await editor.complete(inUse(less))).toEqual(['api', 'db', 'web'])
      expect(await editor.complete(inUse(more))).toEqual(['api', 'db', 'extra', 'mail', 'web'])
    })
  })
})
