import { openReport } from 'mesocosm/operate'
import { type Io, UsageError } from '../command.ts'
import { openBrowser } from '../open-browser.ts'
import { projectOf } from '../project.ts'

/** Options of `trace open`. */
export interface OpenOptions {
  readonly topology?: string | undefined
  readonly run?: string | undefined
  readonly 'no-browser'?: boolean | undefined
  readonly json?: boolean | undefined
}

/** Prints the address of a report and opens it; that of a running run follows it. */
export const open = async (
  positionals: readonly string[],
  { topology, run, json = false, 'no-browser': quiet = false }: OpenOptions,
  io: Io,
): Promise<number> => {
  const [named, extra] = positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument "${extra}"`)
  if (named !== undefined && run !== undefined)
    throw new UsageError('name the run as an argument or with --run, not both')
  const { root } = await projectOf({ topology }, io)
  const { address, facts, live } = await openReport(root, { run: named ?? run, cwd: io.cwd })
  const printed = { run: facts.run, folder: facts.folder, address, live }
  io.stdout.write(json ? `${JSON.stringify(printed)}\n` : `${address}\n`)
  if (!quiet && !json) openBrowser(address, io)
  return 0
}
