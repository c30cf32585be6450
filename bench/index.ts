// `npm run bench -- [--rounds N] [--only ready,env,exec,reattach,import,s3,s3-speed,sidecars,lane,types,build] [--json]`
import { measureBuildFolder } from './build-folder.ts'
import { measureEnvChange } from './env-change.ts'
import { measureExec } from './exec.ts'
import { measureImports } from './imports.ts'
import { measureLanePerTest } from './lane-per-test.ts'
import { type Bench, openBench } from './lib/bench.ts'
import { expectations } from './lib/expectations.ts'
import { machineLine, readMachine } from './lib/machine.ts'
import { type MeasureName, measureNames, readOptions } from './lib/options.ts'
import { comparisonTable, expectationTable } from './lib/print.ts'
import type { Comparison } from './lib/samples.ts'
import { measureReady } from './ready.ts'
import { measureReattach } from './reattach.ts'
import { measureS3Speed } from './s3-speed.ts'
import { measureS3Upload } from './s3-upload.ts'
import { measureSidecars } from './sidecars.ts'
import { measureTypes } from './types.ts'

const measures: Readonly<Record<MeasureName, (bench: Bench) => Promise<Comparison[]>>> = {
  ready: measureReady,
  env: measureEnvChange,
  exec: measureExec,
  reattach: measureReattach,
  import: measureImports,
  s3: measureS3Upload,
  's3-speed': measureS3Speed,
  sidecars: measureSidecars,
  lane: measureLanePerTest,
  types: measureTypes,
  build: measureBuildFolder,
}

const { rounds, only, json } = readOptions(process.argv.slice(2))
const print = (text: string) => process.stdout.write(`${text}\n`)
const log = (line: string) => process.stderr.write(`${line}\n`)
await using bench = await openBench({ rounds, log })
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    log('cleaning up')
    await bench[Symbol.asyncDispose]()
    process.exit(130)
  })

const machine = await readMachine()
if (!json) print(machineLine(machine))
const measured: Comparison[] = []
for (const name of measureNames.filter((measure) => only.includes(measure))) {
  const found = await measures[name](bench)
  measured.push(...found)
  if (!json) for (const comparison of found) print(comparisonTable(comparison))
}
const expected = expectations(measured)
print(json ? JSON.stringify({ machine, rounds, measured, expected }) : expectationTable(expected))
