import { expect, test } from 'vitest'
import { debugKinds } from '../../model/service-spec.ts'
import { type DebuggableService, serviceConfiguration } from './service-configuration.ts'
import { debuggableRunners, testConfiguration } from './test-configuration.ts'

// biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code fills it in.
const workspace = '${workspaceFolder}'
const folder = '/home/me/shop'
const sources = { local: '/home/me/shop/api', remote: '/app' }

const configurationOf = (more: Partial<DebuggableService>) =>
  serviceConfiguration({ service: 'api', port: 9_229, sources, ...more }, folder)

test.each([
  ['node', { localRoot: `${workspace}/api`, remoteRoot: '/app', port: 9_229 }],
  [
    'python',
    {
      connect: { host: '127.0.0.1', port: 9_229 },
      pathMappings: [{ localRoot: `${workspace}/api`, remoteRoot: '/app' }],
    },
  ],
  ['php', { request: 'launch', pathMappings: { '/app': `${workspace}/api` } }],
  ['java', { hostName: '127.0.0.1', sourcePaths: [`${workspace}/api`] }],
  ['go', { mode: 'remote', substitutePath: [{ from: `${workspace}/api`, to: '/app' }] }],
] as const)('a service of %s maps its sources', (kind, attributes) => {
  expect(configurationOf({ kind })).toMatchObject({ name: 'mesocosm: api', ...attributes })
})

test('without known sources there is no mapping', () => {
  for (const kind of debugKinds)
    expect(JSON.stringify(configurationOf({ kind, sources: undefined }))).not.toMatch(
      /root|mapping|substitute|sourcePaths/i,
    )
})

test('sources outside of the folder keep their path, and the folder itself is the workspace', () => {
  const at = (local: string) =>
    configurationOf({ kind: 'node', sources: { local, remote: '/app' } })?.localRoot
  expect(at('/home/me/shop-2')).toBe('/home/me/shop-2')
  expect(at('/home/me/shop')).toBe(workspace)
})

test('lanes after the first are in the name', () => {
  expect(configurationOf({ kind: 'go', lane: 'lane_1' })?.name).toBe('mesocosm: api')
  expect(configurationOf({ kind: 'go', lane: 'lane_2' })?.name).toBe('mesocosm: api (lane_2)')
})

test('a service without a language has no configuration', () => {
  expect(configurationOf({})).toBeUndefined()
})

/** Attributes that each debugger documents for the request, and their types; `type/request` as the key. */
const documented: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'node/attach': {
    address: 'string',
    port: 'number',
    localRoot: 'string',
    remoteRoot: 'string',
    restart: 'object',
    skipFiles: 'array',
  },
  'node/launch': {
    program: 'string',
    args: 'array',
    cwd: 'string',
    console: 'string',
    autoAttachChildProcesses: 'boolean',
    smartStep: 'boolean',
    skipFiles: 'array',
  },
  'debugpy/attach': { connect: 'object', pathMappings: 'array' },
  'php/launch': { hostname: 'string', port: 'number', pathMappings: 'object' },
  'java/attach': { hostName: 'string', port: 'number', sourcePaths: 'array' },
  'go/attach': { mode: 'string', host: 'string', port: 'number', substitutePath: 'array' },
}
/** Attributes of every configuration. */
const common = { name: 'string', type: 'string', request: 'string', presentation: 'object' }

test.each([
  ...debugKinds.map((kind) => [kind, configurationOf({ kind })] as const),
  ...debuggableRunners.map((runner) => [runner, testConfiguration(runner)] as const),
])(
  'the configuration of %s has only documented attributes of the right type',
  (_, configuration) => {
    const { type, request } = configuration ?? {}
    const allowed: Readonly<Record<string, string>> = {
      ...common,
      ...documented[`${type}/${request}`],
    }
    const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value)
    const used = Object.entries(configuration ?? {}).map(([key, value]) => [key, typeOf(value)])
    expect(allowed).toMatchObject(Object.fromEntries(used) as object)
  },
)
