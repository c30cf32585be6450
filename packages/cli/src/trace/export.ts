import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exportRun } from 'mesocosm/operate'
import { type Io, UsageError } from '../command.ts'
import { exactly } from '../parse.ts'
import { projectOf } from '../project.ts'

/** Options of `trace export`. */
export interface ExportOptions {
  readonly topology?: string | undefined
  readonly run?: string | undefined
  readonly otlp?: string | undefined
  readonly perfetto?: string | undefined
  readonly json?: boolean | undefined
}

/** Writes a run to a file in the format of another tool; returns the exit code. */
export const exportTrace = async (
  positionals: readonly string[],
  { topology, run, otlp, perfetto, json = false }: ExportOptions,
  io: Io,
): Promise<number> => {
  exactly(positionals)
  const wanted = [
    ...(otlp === undefined ? [] : [{ format: 'otlp', file: otlp } as const]),
    ...(perfetto === undefined ? [] : [{ format: 'perfetto', file: perfetto } as const]),
  ]
  if (wanted.length === 0) throw new UsageError('missing --otlp <file> or --perfetto <file>')
  const toOutput = wanted.filter(({ file }) => file === '-')
  if (toOutput.length > 1 || (toOutput.length === 1 && json))
    throw new UsageError('only one thing can be written to the output')
  const { root } = await projectOf({ topology }, io)
  const written: { readonly format: string; readonly file: string; readonly bytes: number }[] = []
  for (const { format, file } of wanted) {
    const { text } = await exportRun(root, format, { run, cwd: io.cwd })
    if (file === '-') {
      io.stdout.write(`${text}\n`)
      continue
    }
    const path = resolve(io.cwd, file)
    await writeFile(path, text)
    written.push({ format, file: path, bytes: Buffer.byteLength(text) })
  }
  if (json) io.stdout.write(`${JSON.stringify(written, undefined, 2)}\n`)
  else for (const { file } of written) io.stdout.write(`${file}\n`)
  return 0
}
