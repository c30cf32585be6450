import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { CommonPluginOptions } from 'mesocosm'
import { expect, test } from 'vitest'
import { root } from './run.ts'

/** Every key that all plugins accept, with a value that no plugin declares by itself. */
const common: Required<CommonPluginOptions> = {
  readyTimeoutMs: 7,
  stopTimeoutMs: 7,
  taskTimeoutMs: 7,
  platform: 'linux/arm64',
  memoryMiB: 777,
  cpus: 0.7,
  pidsLimit: 777,
  shmSizeMiB: 777,
  capAdd: ['SYS_NICE'],
  capDrop: ['CHOWN'],
  securityOpt: ['no-new-privileges'],
  ulimits: { core: 7 },
  sysctls: { 'net.core.somaxconn': '777' },
  devices: [{ from: '/dev/seven' }],
  proxy: false,
  extraHosts: { seven: '10.0.0.7' },
  labels: { seven: '7' },
  aliases: ['seven'],
  mounts: [{ from: '/seven', to: '/seven' }],
  dependsOn: ['seven'],
}

/** A plugin is a package that passes the contract of plugins. */
const plugins = globSync('packages/*/src/*.contract.test.ts', { cwd: root })
  .map((file) => join('packages', file.split('/')[1] ?? ''))
  .sort()

/** Options that a plugin cannot do without. */
const required: Readonly<Record<string, object | undefined>> = {
  'packages/stub': { openapi: join(root, 'packages/stub/test/documents/payments.openapi.yaml') },
}

/** Their READMEs are still to be written. */
const undocumented = ['packages/stub']

const documented = plugins.filter((folder) => !undocumented.includes(folder))

/** Returns the function that declares a service; its name is that of the package. */
const factoryOf = async (folder: string) => {
  const exported: Readonly<Record<string, unknown>> = await import(
    join(root, folder, 'src/index.ts')
  )
  const name = basename(folder).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const factory = exported[name]
  expect(factory, name).toBeTypeOf('function')
  return factory as (options: object) => Readonly<Record<string, unknown>>
}

test('the plugins are those with a contract test', () => {
  expect(plugins.length).toBeGreaterThanOrEqual(6)
})

test.for(plugins)('%s accepts the keys that any service may have', async (folder) => {
  const factory = await factoryOf(folder)
  const { taskTimeoutMs, dependsOn: _, ...keys } = common
  const definition = factory({ ...required[folder], ...common })
  expect(definition).toMatchObject(keys)
  expect(definition.dependsOn).toEqual(['seven'])
  const { tasks = {} } = definition as {
    tasks?: Readonly<Record<string, readonly { readonly timeoutMs?: number }[]>>
  }
  for (const [hook, list] of Object.entries(tasks))
    for (const task of list) expect(task.timeoutMs, hook).toBe(taskTimeoutMs)
})

test.for(documented)('the README of %s names the keys that any service may have', (folder) => {
  const [, options = ''] = readFileSync(join(root, folder, 'README.md'), 'utf8').split('## Options')
  expect(Object.keys(common).filter((key) => !options.includes(`\`${key}\``))).toEqual([])
})

test.for(documented)(
  'the README of %s says state, reset and sharing in the same order',
  (folder) => {
    const headings = [
      ...readFileSync(join(root, folder, 'README.md'), 'utf8').matchAll(/^## (.*)$/gm),
    ]
    const order = ['Options', 'Handle', 'Declared state', 'Reset', 'Sharing', 'Limits']
    const found = headings.map(([, heading = '']) => heading).filter((one) => order.includes(one))
    expect(found).toEqual(order.filter((one) => one !== 'Limits' || found.includes('Limits')))
  },
)
