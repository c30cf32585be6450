// `npm run build`: `dist` of every package.
import { bundleReport } from './bundle-report.ts'
import { bundleReportProgram, bundleSupervisor } from './bundle-supervisor.ts'
import { buildCommonjs } from './commonjs.ts'
import { bin, exitWith, root, run } from './run.ts'
import { inTask, runTasks } from './tasks.ts'

/** Builds every package and returns the exit code; a no-op if nothing has changed. */
export const build = (): Promise<number> => runTasks('build')

/** The task `build` of the root package runs the script of that name too: there it must not call turbo again. */
const own = async (): Promise<number> => {
  const exitCode = await run(bin('tsc'), ['-b', 'tsconfig.build.json'])
  if (exitCode !== 0) return exitCode
  buildCommonjs(root)
  await Promise.all([bundleSupervisor(), bundleReportProgram(), bundleReport()])
  return exitCode
}

if (import.meta.main) await exitWith(inTask() ? own : build)
