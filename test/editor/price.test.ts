import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fixture } from './typed.ts'

/** Type instantiations of a check: exact and the same on every machine, unlike its time. */
const price = { plain: 0, commands: 0 }
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-price-'))
  price.plain = await instantiations('plain', '')
  price.commands = await instantiations(
    'commands',
    "exec: { seed: (n: number) => ['seed', String(n)] },",
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('fifty services with thirty variables each cost less than 200 000 instantiations', () => {
  expect(price.plain).toBeGreaterThan(1_000)
  expect(price.plain).toBeLessThan(200_000)
})

test('a plain command costs less than 150 instantiations', () => {
  expect((price.commands - price.plain) / 50).toBeLessThan(150)
})

const instantiations = async (name: string, extra: string): Promise<number> => {
  const sdk = JSON.stringify(join(fixture, 'sdk.ts'))
  const file = join(folder, `${name}.ts`)
  await writeFile(
    file,
    `import { defineTopology, type Handles, ref } from ${sdk}
     export const topology = defineTopology({ name: ${JSON.stringify(name)}, services: { ${services(extra)} } })
     export const use = ({ s49 }: Handles<typeof topology>) => s49.withEnv({ V1: 'x' })`,
  )
  const base = createRequire(import.meta.url).resolve('typescript/package.json')
  const options = '--noEmit --strict --target es2023 --module nodenext --types node --skipLibCheck'
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(dirname(base), 'bin', 'tsc'),
    ...`${options} --allowImportingTsExtensions --extendedDiagnostics --singleThreaded`.split(' '),
    ...['--typeRoots', join(dirname(base), '..', '@types'), '--ignoreConfig', file],
  ])
  return Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1])
}

const services = (extra: string): string =>
  Array.from({ length: 50 }, (_, s) => {
    const env = Array.from({ length: 30 }, (_, v) => `V${v}: ref('s${(s + v) % 50}.http.url')`)
    const dependsOn = s === 0 ? '' : `dependsOn: ['s${s - 1}'],`
    return `s${s}: { image: 'i', ports: { http: 80 }, ${dependsOn} ${extra} env: { ${env.join(', ')} } }`
  }).join(',\n')
