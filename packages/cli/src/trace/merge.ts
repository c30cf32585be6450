import { mergeRecords } from 'mesocosm/operate'
import { type Io, UsageError } from '../command.ts'
import { projectOf } from '../project.ts'

/** Joins runs to a new one; returns the exit code. */
export const merge = async (
  folders: readonly string[],
  {
    topology,
    json = false,
  }: { readonly topology?: string | undefined; readonly json?: boolean | undefined },
  io: Io,
): Promise<number> => {
  if (folders.length === 0) throw new UsageError('missing argument <folder>')
  const { root } = await projectOf({ topology }, io)
  const merged = await mergeRecords(root, folders, io.cwd)
  io.stdout.write(
    json
      ? `${JSON.stringify(merged, undefined, 2)}\n`
      : `${merged.runs.length} runs with ${merged.tests} tests merged into ${merged.run}\n${merged.report}\n`,
  )
  return 0
}
