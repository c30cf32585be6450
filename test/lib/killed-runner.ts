import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { namesIn } from '../../src/disk/names-in.ts'
import { isAlive, kill, killGroup } from './child.ts'
import { idsOf, madeBy } from './engine.ts'
import { eventually } from './eventually.ts'
import { cleared } from './sandbox.ts'

/** A test runner that was started in a process group of its own. */
export interface StartedRunner {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<unknown>
}

/** Source of the body of a test that waits to be killed: it writes its process id to `ready/<name>`. */
export const waitsToBeKilled = (name: string): string =>
  `require('node:fs').writeFileSync('ready/${name}', String(process.pid)); await new Promise(() => {})`

/** How a runner or one of its processes is killed. */
export type Kill = 'Ctrl-C' | 'SIGTERM' | 'SIGKILL' | 'SIGKILL of a worker'

/**
 * Kills a runner while tests of these names wait, and checks that nothing of the run is left: no process of the runner,
 * nothing on the engine.
 */
export const expectNothingLeft = async (
  { child, output, ended }: StartedRunner,
  folder: string,
  names: readonly string[],
  how: Kill,
): Promise<void> => {
  const pid = child.pid as number
  try {
    const workers = await eventually(() => {
      // A file exists before its content is there.
      const pids = names.map((name) => Number(textIn(join(folder, 'ready', name))))
      expect(pids.filter((one) => one > 0).length, output()).toBe(names.length)
      return pids
    }, 180_000)
    const runs = namesIn(join(folder, '.mesocosm/runs'))
    expect(runs).toHaveLength(1)
    expect(idsOf(await madeBy(runs[0] ?? ''))).not.toEqual([])
    if (how === 'Ctrl-C') killGroup(pid, 'SIGINT')
    else if (how === 'SIGKILL of a worker') kill(workers[0] ?? 0, 'SIGKILL')
    else kill(pid, how)
    // A runner goes on without a worker that was killed.
    if (how === 'SIGKILL of a worker') {
      await eventually(() => expect(isAlive(workers[0] ?? 0)).toBe(false))
      killGroup(pid, 'SIGINT')
    }
    await ended
    for (const run of runs) await cleared(run)
    await eventually(() => expect(workers.filter(isAlive)).toEqual([]))
  } finally {
    killRest(pid)
  }
}

// ---

const textIn = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')

const killRest = (pid: number): void => killGroup(pid, 'SIGKILL')
