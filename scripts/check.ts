// `npm run check`: format, lint and types. Both are told even if the first complains.
import { build } from './prepare.ts'
import { bin, exitWith, run } from './run.ts'

await exitWith(async () => {
  const lint = await run(bin('biome'), ['check', '.'])
  const types = await build()
  return lint || types
})
