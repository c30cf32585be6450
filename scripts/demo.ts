// `npm run demo -- [vitest arguments]`: the example's suite on real services.
import { prepare } from './prepare.ts'
import { bin, exitWith, run } from './run.ts'

/** Runs the example's tests and returns Vitest's exit code. */
export const runDemo = async (
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> => run(bin('vitest'), ['run', '--root', 'examples/shop', ...args], { env })

if (import.meta.main)
  await exitWith(async () => {
    const { exitCode, env } = await prepare()
    return exitCode === 0 ? runDemo(process.argv.slice(2), env) : exitCode
  })
