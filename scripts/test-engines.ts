// `npm run test:engines -- [--only docker-28,podman,…] [--suites contract,demo,…] [test files]`
// Runs tests on the machine's engine and on others, one after the other. Needs root on Debian.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { MesocosmError } from '../src/errors/mesocosm-error.ts'
import { engineText } from './engine/api.ts'
import { type Endpoint, endpointEnv } from './engine/endpoint.ts'
import { ensureEngine } from './engine.ts'
import { copyImages } from './engines/copy-images.ts'
import { type EngineKind, kinds } from './engines/kinds.ts'
import { leftovers, resourcesOn } from './engines/leftovers.ts'
import {
  countsOf,
  type EngineResult,
  isGood,
  renderResults,
  type SuiteResult,
} from './engines/results.ts'
import { clientEnv, localEndpoint, startOther, stopOther, within } from './engines/start-other.ts'
import { filesSuite, type Suite, suites, withoutPauses } from './engines/suites.ts'
import { type Log, progressLog } from './log.ts'
import { prepare } from './prepare.ts'
import { exitWith, root } from './run.ts'

/** Where results and the output of each suite are written. */
const folder = join(root, '.mesocosm/engines')

const main = async (): Promise<number> => {
  const log = progressLog('engines')
  const { engines, suites: chosen } = readOptions(process.argv.slice(2))
  const { exitCode } = await prepare()
  if (exitCode !== 0) return exitCode
  const { endpoint } = await ensureEngine({ log: () => {} })
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const results: EngineResult[] = []
  for (const engine of engines) {
    results.push(
      engine === machine
        ? await runSuites(onMachine(endpoint), chosen, log)
        : await runOnOther(engine, endpoint, chosen, log),
    )
    // After each engine, so that an interrupted run has results, too.
    await writeFile(join(folder, 'results.json'), JSON.stringify(results, undefined, 2))
    await writeFile(join(folder, 'results.md'), renderResults(results))
  }
  process.stdout.write(renderResults(results))
  log(`results and output: ${folder}`)
  return results.every(isGood) ? 0 : 1
}

// ---

const machine = 'machine'

/** An engine that runs, and how its clients are started. */
interface Target {
  readonly name: string
  readonly endpoint: Endpoint
  readonly withoutCgroups: boolean
  /** Start of a client's argv. */
  readonly start: readonly string[]
  /** By which clients find the engine. */
  readonly env: Readonly<Record<string, string>>
}

const onMachine = (endpoint: Endpoint): Target => ({
  name: machine,
  endpoint,
  withoutCgroups: false,
  start: [],
  env: endpointEnv(endpoint),
})

const runOnOther = async (
  kind: EngineKind,
  from: Endpoint,
  chosen: readonly Suite[],
  log: Log,
): Promise<EngineResult> => {
  const { name } = kind
  // No engine stays behind when this is interrupted.
  const signals = ['SIGINT', 'SIGTERM'] as const
  const stop = () => void stopOther(kind).finally(() => process.exit(130))
  for (const signal of signals) process.once(signal, stop)
  try {
    await startOther(kind, log)
    const endpoint = localEndpoint(kind)
    await copyImages(from, endpoint, log)
    const { withoutCgroups = false } = kind
    const target = { name, endpoint, withoutCgroups, start: within(kind), env: clientEnv(kind) }
    return await runSuites(target, chosen, log)
  } catch (error) {
    if (!(error instanceof MesocosmError)) throw error
    log(error.message)
    return { engine: name, version: '', suites: [], fault: error.summary }
  } finally {
    for (const signal of signals) process.off(signal, stop)
    await stopOther(kind)
  }
}

const runSuites = async (
  target: Target,
  chosen: readonly Suite[],
  log: Log,
): Promise<EngineResult> => {
  const version = await versionOf(target.endpoint)
  const results: SuiteResult[] = []
  for (const suite of chosen) {
    const result = await runSuite(target, suite)
    const { passed, failed, skipped, left } = result
    log(
      `${target.name}, ${suite.name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${left.length} left`,
    )
    results.push(result)
  }
  return { engine: target.name, version, suites: results }
}

const runSuite = async (target: Target, suite: Suite): Promise<SuiteResult> => {
  const begin = performance.now()
  const before = await resourcesOn(target.endpoint)
  const path = join(folder, `${target.name}-${suite.name}`)
  const reporter = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}.json`]
  const fewer = target.withoutCgroups ? withoutPauses(suite) : []
  const exitCode = await runClient(target, suite.argv([...fewer, ...reporter]), `${path}.log`)
  const seconds = (performance.now() - begin) / 1_000
  const report = existsSync(`${path}.json`)
    ? JSON.parse(readFileSync(`${path}.json`, 'utf8'))
    : undefined
  const left = await leftovers(target.endpoint, before)
  return { suite: suite.name, ...countsOf(report, exitCode), left, seconds }
}

/** Runs a program as a client of the engine, with its output in a file, and returns the exit code. */
const runClient = async (
  { start, env }: Target,
  argv: readonly string[],
  output: string,
): Promise<number> => {
  const [file = '', ...args] = [...start, ...argv]
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...own } = process.env
  const to = openSync(output, 'w')
  const PATH = `${dirname(process.execPath)}:${own.PATH}`
  const child = spawn(file, args, {
    cwd: root,
    stdio: ['ignore', to, to],
    env: { ...own, ...env, PATH, NO_COLOR: '1' },
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

/** Returns name, version and image store of an engine. */
const versionOf = async (endpoint: Endpoint): Promise<string> => {
  const ask = async (path: string) => JSON.parse(await engineText(endpoint, { path }))
  const [version, info] = await Promise.all([ask('/version'), ask('/info')])
  const podman = (version.Components as { Name: string; Version: string }[]).find(({ Name }) =>
    Name.startsWith('Podman'),
  )
  const name = podman === undefined ? `Docker ${version.Version}` : `Podman ${podman.Version}`
  return `${name} (${info.Driver})`
}

const readOptions = (
  argv: readonly string[],
): { engines: readonly (EngineKind | typeof machine)[]; suites: readonly Suite[] } => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { only: { type: 'string' }, suites: { type: 'string' } },
  })
  const engines = [machine, ...kinds] as const
  const nameOf = (engine: EngineKind | typeof machine) =>
    engine === machine ? machine : engine.name
  return {
    engines: choose('engine', engines, nameOf, values.only),
    suites:
      positionals.length > 0
        ? [filesSuite('files', positionals)]
        : choose('suite', suites, ({ name }) => name, values.suites),
  }
}

/** Returns those of all that a comma-separated list names; all without a list. */
const choose = <T>(
  what: string,
  all: readonly T[],
  nameOf: (one: T) => string,
  list: string | undefined,
): readonly T[] => {
  if (list === undefined) return all
  const wanted = list.split(',')
  const unknown = wanted.filter((name) => !all.some((one) => nameOf(one) === name))
  if (unknown.length === 0) return all.filter((one) => wanted.includes(nameOf(one)))
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `there is no ${what} ${unknown.map((name) => `"${name}"`).join(', ')}`,
    remedy: `use some of: ${all.map(nameOf).join(', ')}`,
  })
}

await exitWith(main)
