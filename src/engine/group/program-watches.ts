import { unlimited } from '../../call/call.ts'
import { failureOf } from '../../errors/outcome.ts'
import type { EngineContext } from '../run/context.ts'
import { watchFiles } from '../watch/watch-files.ts'
import type { Member } from './group-members.ts'
import type { Program } from './program.ts'
import type { ServiceGroup } from './service-group.ts'

/** Files that the record names. */
const namedFiles = 10

interface Watch {
  readonly program: Program
  readonly files: Disposable
}

/** Starts programs of a group again when files change that they are watched for. */
export class ProgramWatches {
  readonly #context: EngineContext
  readonly #group: ServiceGroup
  /** By service. */
  readonly #watches = new Map<string, Watch>()

  constructor(context: EngineContext, group: ServiceGroup) {
    this.#context = context
    this.#group = group
  }

  /** Watches what the started program declares, instead of what the one before did. */
  started({ name, program }: Member): void {
    const watch = this.#watches.get(name)
    if (program === undefined || watch?.program === program) return
    watch?.files[Symbol.dispose]()
    this.#watches.delete(name)
    const paths = program.config.local?.watch ?? []
    if (paths.length === 0) return
    const files = watchFiles({ paths, onChange: (changed) => this.#restart(name, changed) })
    this.#watches.set(name, { program, files })
  }

  close(): void {
    for (const { files } of this.#watches.values()) files[Symbol.dispose]()
    this.#watches.clear()
  }

  // ---

  /** Leaves alone what a test has stopped or paused: its next start has the new files. */
  #restart(name: string, files: readonly string[]): void {
    const watch = this.#watches.get(name)
    const { program } = this.#group.members.get(name) ?? {}
    if (watch === undefined || program !== watch.program) return
    if (program.status !== 'running' && !program.crashed) return
    void this.#restarted(name, program, files)
  }

  async #restarted(name: string, program: Program, files: readonly string[]): Promise<void> {
    const { record, warnings } = this.#context
    const { test } = this.#group.members
    const [first = '', ...others] = files
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    const what = `the restart of ${name}, because ${first}${more} changed`
    using call = unlimited(what, { test, span: undefined })
    record.events.write('svc.changed', {
      ...(test === undefined ? {} : { x: test }),
      l: this.#group.name,
      s: name,
      files: files.slice(0, namedFiles),
    })
    program.clearCrash()
    const restartCauses = { [name]: `${first}${more} changed` }
    try {
      const failures = await this.#group.converge(call, { restart: [name], restartCauses })
      const failure = failures.get(name)
      if (failure !== undefined) throw failure
    } catch (error) {
      // No caller waits for it; the service is as after a crash, and the next change tries again.
      const where = { service: name, lane: this.#group.name }
      warnings.report(`did not start again after a change: ${failureOf(error).message}`, where)
    }
  }
}
