// `npm run demo -- [vitest arguments]`: the example's suite on real services, with the services shown while it runs.
import { join } from 'node:path'
import { prepare } from './prepare.ts'
import { bin, exitWith, root, run } from './run.ts'

const folder = 'examples/shop'

/** Runs the example's tests beside a live view of their services, and returns Vitest's exit code. */
export const runDemo = async (
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> => {
  // Named, so that the one who watches knows where the tests' run will be.
  const who = `demo-${process.pid}`
  const view = await watchServices(who)
  const whole = process.stdout.isTTY === true
  const output: Buffer[] = []
  const exitCode = await run(bin('vitest'), ['run', '--root', folder, ...args], {
    env: {
      ...env,
      MESOCOSM_RUN: who,
      ...(process.stdout.hasColors?.() ? { FORCE_COLOR: '1' } : {}),
    },
    // A terminal shows the services until the tests are over, and then what Vitest has to say.
    ...(whole
      ? {
          stdio: ['inherit', 'pipe', 'pipe'],
          onStart: ({ stdout, stderr }) => {
            stdout?.on('data', (bytes: Buffer) => output.push(bytes))
            stderr?.on('data', (bytes: Buffer) => output.push(bytes))
          },
        }
      : {}),
  })
  await view.end()
  // It would end by itself a little later; whoever looks at the engine now shall find nothing.
  const { endRuns } = await import('mesocosm/operate')
  await endRuns(join(root, folder), { run: who })
  process.stdout.write(Buffer.concat(output))
  process.stdout.write(`trace: ${join(folder, '.mesocosm', 'latest')}\n`)
  return exitCode
}

/** Shows the services of a run from its start until `end`. What it shows with comes out of the build. */
const watchServices = async (who: string): Promise<{ end(): Promise<void> }> => {
  const [{ openScreen, openTree, withEvent, withRun }, { watchRun }] = await Promise.all([
    import('@mesocosm/cli'),
    import('mesocosm/operate'),
  ])
  const screen = openScreen(process.stdout)
  const over = new AbortController()
  let tree = openTree('shop', performance.now())
  const watched = watchRun(join(root, folder), who, {
    signal: over.signal,
    onView(view) {
      tree = withRun(tree, view, performance.now())
      screen.update(tree)
    },
    onEvent(event) {
      tree = withEvent(tree, event, performance.now())
      screen.update(tree)
    },
  })
  return {
    async end() {
      over.abort()
      await watched
      if (process.stdout.isTTY) screen.end(tree)
      else screen.close()
    },
  }
}

if (import.meta.main)
  await exitWith(async () => {
    const { exitCode, env } = await prepare()
    return exitCode === 0 ? runDemo(process.argv.slice(2), env) : exitCode
  })
