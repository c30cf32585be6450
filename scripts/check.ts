// `npm run check`: format, lint, types, and whether generated types are up to date. All are told even if the first complains.
import { glob } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from './prepare.ts'
import { bin, exitWith, root, run } from './run.ts'

await exitWith(async () => {
  const lint = await run(bin('biome'), ['check', '.'])
  const types = await build()
  // The command that compares is built, too.
  const stale = types === 0 ? await generated() : 0
  return lint || types || stale
})

/** Each example's `topology.gen.ts` against its sources. */
async function generated(): Promise<number> {
  const topologies = (await Array.fromAsync(glob('examples/*/topology.ts', { cwd: root }))).sort()
  let exitCode = 0
  for (const file of topologies)
    exitCode =
      (await run(bin('mesocosm'), ['gen', '--check'], { cwd: join(root, dirname(file)) })) ||
      exitCode
  return exitCode
}
