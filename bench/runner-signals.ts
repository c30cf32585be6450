// `node bench/runner-signals.ts [runner …] [SIGINT|'SIGINT twice'|SIGTERM|SIGKILL …] [runner process|worker process]`
import { type Killed, killIn, signals, targets } from '../test/proof/lib/kill.ts'
import { installPackages } from '../test/proof/lib/play.ts'
import { runners } from '../test/proof/lib/runners.ts'

/*
 * Sends each signal to each runner, and to one of its workers, in the middle of tests that use services; prints what is
 * left of processes, engine objects, sockets and folders, and after which time nothing is. Needs the build.
 */

const words = process.argv.slice(2)
const pick = <T extends string>(all: readonly T[], named: (one: T) => string = (one) => one) => {
  const found = all.filter((one) => words.includes(named(one)))
  return found.length === 0 ? all : found
}
const names = runners.map(({ name }) => name)
const known: readonly string[] = [...names, ...signals, ...targets.map((one) => `${one} process`)]
const unknown = words.filter((word) => !known.includes(word))
if (unknown.length > 0) throw new Error(`${unknown}: choose of ${known.join(', ')}`)

const print = (text: string) => process.stdout.write(`${text}\n`)
const row = (name: string, target: string, signal: string, { end, left, ms }: Killed) =>
  `| ${name} | ${target} | ${signal} | ${end} | ${left.length === 0 ? 'nothing' : left.join('; ')} | ${(ms / 1000).toFixed(1)} |`

using installed = await installPackages()
let faults = 0
print('| runner | target | signal | runner ended by | left | seconds |')
print('|---|---|---|---|---|---|')
for (const name of pick(names))
  for (const target of pick(targets, (one) => `${one} process`))
    for (const signal of pick(signals)) {
      const runner = runners.find((one) => one.name === name)
      if (runner === undefined) continue
      const killed = await killIn(installed, runner, target, signal)
      if (killed.left.length > 0) faults++
      print(row(name, target, signal, killed))
    }
process.exitCode = faults > 0 ? 1 : 0
