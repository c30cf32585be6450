// `npm test -- [vitest arguments]`
import { prepare } from './prepare.ts'
import { bin, exitWith, run } from './run.ts'

await exitWith(async () => {
  const { exitCode, env } = await prepare()
  if (exitCode !== 0) return exitCode
  return run(bin('vitest'), ['run', ...process.argv.slice(2)], { env })
})
