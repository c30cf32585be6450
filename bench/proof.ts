// `node bench/proof.ts [runner …] [--rounds 20] [--seed 1]`
import { parseArgs } from 'node:util'
import { installPackages, openProof, play, playShared } from '../test/proof/lib/play.ts'
import { runners } from '../test/proof/lib/runners.ts'
import { laneCount } from '../test/proof/lib/suite.ts'

/*
 * The suite of `test/proof` in many rounds, each in another random order, with every runner or those that are named.
 * Prints how many rounds passed on 8 lanes, and in how many the same tests failed on one lane. Needs the build.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
})
const unknown = positionals.filter((name) => runners.every((one) => one.name !== name))
if (unknown.length > 0)
  throw new Error(`${unknown}: choose of ${runners.map(({ name }) => name).join(', ')}`)
const chosen =
  positionals.length === 0 ? runners : runners.filter(({ name }) => positionals.includes(name))
const print = (text: string) => process.stdout.write(`${text}\n`)

using installed = await installPackages()
print(`| runner | rounds | passed on ${laneCount} lanes | failed on one lane | seconds per round |`)
print('|---|---|---|---|---|')
let faults = 0
for (const runner of chosen) {
  const counts = { passed: 0, told: 0, ms: 0 }
  const rounds = Number(values.rounds)
  for (let round = 0; round < rounds; round++) {
    await using project = openProof(installed, runner, Number(values.seed) + round)
    const began = performance.now()
    const own = await play(project, runner)
    counts.ms += performance.now() - began
    if (own.passed && own.lanes === laneCount) counts.passed++
    else
      process.stderr.write(`${runner.name}, round ${round}, ${own.lanes} lanes:\n${own.output}\n`)
    // Once per runner proves that the suite can tell.
    if (round > 0) continue
    await using one = openProof(installed, runner, Number(values.seed))
    const shared = await playShared(one, runner)
    if (!shared.passed && shared.output.includes('interference: ')) counts.told++
  }
  if (counts.passed < rounds || counts.told === 0) faults++
  const told = counts.told > 0 ? 'yes' : 'no'
  print(
    `| ${runner.name} | ${rounds} | ${counts.passed} | ${told} | ${(counts.ms / rounds / 1000).toFixed(1)} |`,
  )
}
process.exitCode = faults > 0 ? 1 : 0
