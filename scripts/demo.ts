// `npm run demo -- [--local] [vitest arguments]`: runs the example's suite on real services and shows them meanwhile.
// `--local`: services are processes of this machine, without a container engine and without root.
import { join } from 'node:path'
import { prepare, prepareLocal } from './prepare.ts'
import { bin, exitWith, root, run } from './run.ts'

const folder = 'examples/shop'

/** Runs the example's tests under a live view of their services, and returns Vitest's exit code. */
export const runDemo = async (
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> => {
  // The view and the tests agree on the run by its name.
  const name = `demo-${process.pid}`
  const view = await watchServices(name)
  const interactive = process.stdout.isTTY === true
  const output: Buffer[] = []
  const exitCode = await run(bin('vitest'), ['run', '--root', folder, ...args], {
    env: {
      ...env,
      MESOCOSM_RUN: name,
      ...(process.stdout.hasColors?.() ? { FORCE_COLOR: '1' } : {}),
    },
    // A terminal shows the services until the tests end, then Vitest's output.
    ...(interactive
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
  // The run would end a little later by itself; the demo leaves nothing on the engine when it returns.
  const { endRuns } = await import('mesocosm/operate')
  await endRuns(join(root, folder), { run: name })
  process.stdout.write(Buffer.concat(output))
  process.stdout.write(`trace: ${join(folder, '.mesocosm', 'latest')}\n`)
  return exitCode
}

/** Shows the services of a run from its start until `end`. The view itself comes from the build. */
const watchServices = async (name: string): Promise<{ end(): Promise<void> }> => {
  const [{ openScreen, openTree, withEvent, withRun }, { watchRun }] = await Promise.all([
    import('@mesocosm/cli'),
    import('mesocosm/operate'),
  ])
  const screen = openScreen(process.stdout)
  const over = new AbortController()
  let tree = openTree('shop', performance.now())
  const watched = watchRun(join(root, folder), name, {
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
    const args = process.argv.slice(2)
    const isLocal = args.includes('--local')
    // Also for the view and the end of the run, which are in this process.
    if (isLocal) process.env.MESOCOSM_RUNTIME = 'local'
    const { exitCode, env } = await (isLocal ? prepareLocal() : prepare())
    return exitCode === 0
      ? runDemo(
          args.filter((arg) => arg !== '--local'),
          env,
        )
      : exitCode
  })
