import type { Bench } from './lib/bench.ts'
import type { ContenderName } from './lib/contenders.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples } from './lib/samples.ts'
import type { SidecarName } from './lib/sidecars.ts'

/** Measures a sidecar from its start until it is ready: by `lane.add`, and as a bare container with the same content. */
export const measureSidecars = async (bench: Bench): Promise<Comparison[]> => {
  await using stack = new AsyncDisposableStack()
  const open = async (name: ContenderName) => {
    const contender = stack.use(bench.start(name))
    stack.defer(async () => void (await contender.order('down')))
    await contender.order('up', 'one')
    return contender
  }
  const contenders = [
    { label: 'mesocosm', contender: await open('mesocosm') },
    { label: base, contender: await open('raw-bridge') },
  ]
  const entrants = contenders.flatMap((entry) => helpers.map((helper) => ({ ...entry, helper })))
  const samples = new Map(
    helpers.map((helper) => [helper, createSamples(contenders.map(({ label }) => label))]),
  )
  await inRounds(bench.rounds, entrants, async ({ label, contender, helper }, counted) => {
    const { ms } = await contender.order('addSidecar', helper)
    bench.log(`sidecars: ${helper}, ${label}, ${ms.toFixed(0)} ms`)
    // Removed now, so that the next sample does not include it.
    await contender.order('settle')
    if (counted) samples.get(helper)?.add(label, ms)
  })
  return helpers.map((helper) => ({
    measure: `sidecars-${helper}`,
    title: `${titles[helper]} added to running services, until it is ready`,
    base,
    variants: samples.get(helper)?.variants() ?? [],
  }))
}

// ---

const base = 'a bare container'

const helpers: readonly SidecarName[] = ['mail', 'files']

const titles: Readonly<Record<SidecarName, string>> = {
  mail: '@mesocosm/mailhog',
  files: '@mesocosm/s3-mock',
}
