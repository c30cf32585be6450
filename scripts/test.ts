// `npm test -- [vitest arguments]`
import { build } from './build.ts'
import { prepare } from './prepare.ts'
import { bin, exitWith, run } from './run.ts'
import { testNeeds } from './test-needs.ts'

const args = process.argv.slice(2)
const { env } = process
const provide = {
  nothing: async () => ({ exitCode: 0, env }),
  build: async () => ({ exitCode: await build(), env }),
  engine: prepare,
}

await exitWith(async () => {
  const ready = await provide[testNeeds(args)]()
  return ready.exitCode || run(bin('vitest'), ['run', ...args], { env: ready.env })
})
