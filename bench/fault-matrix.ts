// `node bench/fault-matrix.ts [SIGINT|'SIGINT twice'|SIGTERM|SIGKILL] [runner|worker|supervisor|both] [phase …]`
import { cellsOf } from './fault-matrix/cells.ts'
import { type Outcome, runCell } from './fault-matrix/run-cell.ts'

/*
 * Kills parts of a run in the middle of its phases, and prints what is left on the engine and after which time
 * nothing is. Needs the build, and an engine that nothing else builds on. About ten seconds a cell.
 */

const print = (text: string) => process.stdout.write(`${text}\n`)

const row = ({ phase, target, signal, left, ms, alive }: Outcome): string => {
  const seconds = (ms / 1_000).toFixed(1)
  const cells = [phase, target, signal, String(left), seconds, alive.join(', ') || '–']
  return `| ${cells.join(' | ')} |`
}

print('| phase | target | signal | left | seconds | still alive |')
print('|---|---|---|---|---|---|')
for (const cell of cellsOf(process.argv.slice(2))) {
  try {
    print(row(await runCell(cell)))
  } catch (error) {
    const { phase, target, signal } = cell
    print(`| ${phase} | ${target} | ${signal} | not run: ${String(error).split('\n')[0]} | | |`)
  }
}
