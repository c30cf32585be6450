import type { Bench } from './lib/bench.ts'
import { composeVersion } from './lib/compose.ts'
import type { BootTime, Operation } from './lib/contender.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples, median, type Variant } from './lib/samples.ts'
import type { RunningContender } from './lib/start-contender.ts'

/**
 * Measures an environment change, or a restart, of a running service until it answers again. The boot time of the
 * program alone is measured too, and subtracted in the second and third table.
 */
export const measureEnvChange = async (bench: Bench): Promise<Comparison[]> => {
  await using stack = new AsyncDisposableStack()
  const open = async (...[name]: Parameters<Bench['start']>): Promise<RunningContender> => {
    const contender = stack.use(bench.start(name))
    await contender.order('up', 'one')
    stack.defer(async () => void (await contender.order('down')))
    return contender
  }
  const bridge = await open('raw-bridge')
  const entrants: Entrant[] = [
    { contender: await open('mesocosm'), label: 'mesocosm', operation: 'changeEnv' },
    { contender: await open('raw-sandboxes'), label: 'raw, sandboxes', operation: 'changeEnv' },
    { contender: bridge, label: base, operation: 'restart' },
  ]
  const version = await composeVersion()
  if (version === undefined) bench.log('env: docker compose is not installed, skipped')
  else
    entrants.push({
      contender: await open('compose'),
      label: 'docker compose up -d',
      operation: 'changeEnv',
    })

  const raw = createSamples(entrants.map(({ label }) => label))
  const [boot, ownBoot]: [number[], number[]] = [[], []]
  let mode = 0
  await inRounds(bench.rounds, [...entrants, 'boot' as const], async (entrant, counted) => {
    if (entrant === 'boot') {
      const { fromCall, fromStart } = (await bridge.order('boot')).result as BootTime
      if (!counted) return
      boot.push(fromCall)
      ownBoot.push(fromStart)
      return
    }
    const { contender, label, operation } = entrant
    const { ms } = await contender.order(operation, `mode-${++mode}`)
    bench.log(`env: ${label}, ${ms.toFixed(0)} ms`)
    if (counted) raw.add(label, ms)
  })
  const bootVariants = [
    { name: 'boot: exec of the program until it answers', ms: boot },
    { name: 'boot: from the return of that exec', ms: ownBoot },
  ]
  return [
    {
      measure: 'env',
      title: 'environment change until the service answers',
      base,
      variants: [...raw.variants(), ...bootVariants],
    },
    net('env-net', 'the same, minus the boot by exec', raw.variants(), boot),
    net(
      'env-net-strict',
      'the same, minus the boot from the return of the exec',
      raw.variants(),
      ownBoot,
    ),
  ]
}

// ---

interface Entrant {
  readonly contender: RunningContender
  readonly label: string
  readonly operation: Operation
}

const base = 'docker restart -t 0'

/** Subtracts the median of all boots, because one slow boot would make its whole round look fast. */
const net = (
  measure: string,
  title: string,
  variants: readonly Variant[],
  boot: readonly number[],
): Comparison => ({
  measure,
  title,
  base,
  variants: variants.map(({ name, ms }) => ({ name, ms: ms.map((value) => value - median(boot)) })),
})
