// `npm run build`: `dist` of every package.
import { bin, exitWith, run } from './run.ts'
import { inTask, runTasks } from './tasks.ts'

/** Builds every package and returns the exit code; a no-op if nothing has changed. */
export const build = (): Promise<number> => runTasks('build')

/** The task `build` of the root package runs the script of that name too: there it must not call turbo again. */
const own = (): Promise<number> => run(bin('tsc'), ['-b', 'tsconfig.build.json'])

if (import.meta.main) await exitWith(inTask() ? own : build)
