import { afterAll, describe, expect, test } from 'vitest'
import { closeEditors, openEditors } from './editors.ts'
import { fixture, inTopology, inUse } from './typed.ts'

const editors = await openEditors(fixture)
afterAll(() => closeEditors(editors))

describe.each(editors)('$name:', ({ editor, documentsMappedKeys }) => {
  describe('"go to definition" leads', () => {
    test.each([
      ['from a service to its definition', 'services.a¦pi', 'topology.ts: api: {'],
      [
        'from a port to its declaration',
        'api.ht¦tp',
        'topology.ts: ports: { http: 3000, admin: { port: 3001 } },',
      ],
      [
        'from a declared variable to the topology',
        'api.env.SIGN¦UP',
        "topology.ts: SIGNUP: 'closed',",
      ],
      [
        'from a declared variable that is set',
        "api.withEnv({ SIGN¦UP: '' })",
        "topology.ts: SIGNUP: 'closed',",
      ],
      [
        'from a declared command',
        'api.exec.se¦ed',
        "topology.ts: seed: (rows: number, table?: 'users' | 'orders') => [",
      ],
      [
        'from a generated variable to the generated file',
        'api.env.API_K¦EY',
        'topology.gen.ts: API_KEY?: string | number | boolean | SecretPart | undefined',
      ],
      [
        'from a generated variable that is set',
        "api.withEnv({ API_K¦EY: '' })",
        'topology.gen.ts: API_KEY?: string | number | boolean | SecretPart | undefined',
      ],
      [
        'from a generated command',
        "api.exec['npm:mi¦grate']",
        "topology.gen.ts: 'npm:migrate'(...args: readonly (string | number)[]): Promise<ExecResult>",
      ],
      [
        "from a plugin's method",
        'mail.mess¦ages()',
        'plugins.ts: messages: async (): Promise<Mail[]> =>',
      ],
    ])('%s', async (_, typed, target) => {
      expect(await editor.definition(inUse(typed))).toEqual([target])
    })
  })

  describe('documentation is shown for', () => {
    test('the keys of a service', async () => {
      const added = inTopology('    web: {', "    neu: { image: 'x', ¦ },\n    web: {")
      expect(await editor.document('memoryMiB?', added)).toBe('Memory limit in MiB; default none.')
      expect(await editor.document('ready?', added)).toMatch(/^When the service is ready/)
    })

    test('generated variables, with the files that read them', async () => {
      const set = 'api.withEnv({ ¦ })'
      expect(await editor.document('API_KEY?', inUse(set))).toBe(
        'Key of the mail service.\n\nFrom `api/.env.example`, `api/src/server.ts`.',
      )
      expect(await editor.document('LOG_LEVEL?', inUse(set))).toBe('From `api/src/env.ts`.')
      expect(await editor.hover(inUse("api.withEnv({ API_K¦EY: '' })"))).toContain(
        'Key of the mail service.',
      )
    })

    test('keys from a mapped type, if this TypeScript version supports it', async () => {
      const added = inTopology("SIGNUP: 'closed',", "SIGNUP: 'closed',\n¦")
      const documented = [
        (await editor.hover(inUse('api.env.API_K¦EY'))).includes('Key of the mail service.'),
        (await editor.hover(inUse('api.env.SIGN¦UP'))).includes('Whether strangers may sign up.'),
        (await editor.document('LOG_LEVEL?', added)) === 'From `api/src/env.ts`.',
      ]
      expect(documented).toEqual(documented.map(() => documentsMappedKeys))
    })

    test('generated commands', async () => {
      expect(await editor.document('app:create-admin', inUse('api.exec.¦'))).toBe(
        'Creates an admin.',
      )
      expect(await editor.hover(inUse("api.exec['app:create-a¦dmin']"))).toContain(
        'Creates an admin.',
      )
    })

    test('the methods of every handle', async () => {
      expect(await editor.hover(inUse('api.res¦tart()'))).toContain(
        'Ends the program, starts the same container',
      )
      expect(await editor.hover(inUse('mail.res¦tart()'))).toContain(
        'Ends the program, starts the same container',
      )
    })

    test('the functions that declare a topology', async () => {
      const topology = inTopology('defineTopology({', 'define¦Topology({')
      expect(await editor.hover(topology)).toContain(
        'Declares services and how they depend on each other.',
      )
    })
  })

  test('the type of a plugin handle is short enough to read', async () => {
    expect(await editor.hover(inUse('d¦b'))).toContain('PluginHandle<"sql", "url" | "user", {')
  })
})
