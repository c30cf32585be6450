// `npm run bench -- [arguments of bench/index.ts]`
import { prepare } from './prepare.ts'
import { exitWith, run } from './run.ts'

await exitWith(async () => {
  const { exitCode, env } = await prepare()
  if (exitCode !== 0) return exitCode
  return run(process.execPath, ['bench/index.ts', ...process.argv.slice(2)], { env })
})
