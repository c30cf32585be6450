import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { namesIn } from '../../disk/names-in.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { withTrueStatus } from '../../report/write/true-status.ts'
import { recordsOf } from '../../trace/write/record-folder.ts'
import { observeRun } from '../runs.ts'

/** The record of one run of a project. */
export interface RunRecordFacts {
  /** Id of the run: the name of its folder, which begins with its date. */
  readonly run: string
  /** Folder of the record, absolute. */
  readonly folder: string
  /** `running`, `ended`, or `unfinished` for a run that was killed. */
  readonly status: string
  /** Milliseconds since 1970; absent if `run.json` is missing. */
  readonly start?: number
  /** Milliseconds since 1970; absent for a run that has not ended. */
  readonly end?: number
  /** Whether the folder has a `report.html`. */
  readonly report: boolean
}

/** Returns the records of a project, the newest first. */
export const listRecords = (root: string): RunRecordFacts[] => {
  const runs = recordsOf(root)
  return namesIn(runs)
    .map((name) => join(runs, name))
    .filter(isRecord)
    .map(factsOf)
    .sort((a, b) => (b.start ?? 0) - (a.start ?? 0) || b.run.localeCompare(a.run))
}

/**
 * Returns the record of a run.
 *
 * @param named id of the run or its beginning, name of a live run (`warm`, a process id), or path of a folder; default
 * the newest record.
 * @throws {MesocosmError} `TRACE_NOT_FOUND`
 */
export const findRecord = async (
  root: string,
  named?: string,
  cwd: string = root,
): Promise<RunRecordFacts> => {
  const all = listRecords(root)
  if (named === undefined || named === 'latest') {
    const [newest] = all
    if (newest !== undefined) return newest
    throw noRecord(root)
  }
  const exact = all.find(({ run }) => run === named)
  if (exact !== undefined) return exact
  const folder = resolve(cwd, named)
  if (isRecord(folder)) return factsOf(folder)
  if (/[\\/]/.test(named)) throw unknownRecord(named, all)
  const begun = all.filter(({ run }) => run.startsWith(named))
  const [only] = begun
  if (only !== undefined && begun.length === 1) return only
  const live = begun.length > 0 ? undefined : await observeRun(root, named)
  if (live === undefined) throw unknownRecord(named, begun.length > 0 ? begun : all)
  live.session.caller.close()
  return factsOf(live.session.facts.folder)
}

// ---

const isRecord = (folder: string): boolean =>
  existsSync(join(folder, 'run.json')) || existsSync(join(folder, 'ev'))

const factsOf = (folder: string): RunRecordFacts => {
  const { id, status, start, end } = readFacts(join(folder, 'run.json'))
  return {
    run: typeof id === 'string' ? id : basename(folder),
    folder,
    status: typeof status === 'string' ? status : 'unfinished',
    ...(typeof start === 'number' ? { start } : {}),
    ...(typeof end === 'number' ? { end } : {}),
    report: existsSync(join(folder, 'report.html')),
  }
}

/** A damaged file is as good as none. */
const readFacts = (path: string): Readonly<Record<string, unknown>> => {
  try {
    const [file] = withTrueStatus([{ name: 'run.json', text: readFileSync(path, 'utf8') }])
    const facts: unknown = JSON.parse(file?.text ?? '')
    return typeof facts === 'object' && facts !== null ? { ...facts } : {}
  } catch {
    return {}
  }
}

const noRecord = (root: string) =>
  new MesocosmError({
    code: 'TRACE_NOT_FOUND',
    message: `no run has left a record in ${join(root, '.mesocosm')}`,
    remedy: 'run the tests, or start services with `mesocosm up`',
    facts: { root },
  })

const shown = 10

const unknownRecord = (named: string, candidates: readonly RunRecordFacts[]) =>
  new MesocosmError({
    code: 'TRACE_NOT_FOUND',
    message: `${named} is not the record of one run`,
    remedy: 'pass the id of a run, its beginning, or the path of its folder',
    details: candidates.slice(0, shown).map(({ run, status }) => `${run}  ${status}`),
    facts: { run: named, runs: candidates.map(({ run }) => run) },
  })
