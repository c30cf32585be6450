import { join } from 'node:path'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ServiceView } from '../../model/service-view.ts'
import type {
  LaneChange,
  LeasedView,
  MethodName,
  ParamsOf,
  ResultOf,
} from '../../protocol/methods.ts'
import { type ActOptions, originOf, spanned } from '../record/call-span.ts'
import type { TestRecord } from '../record/test-record.ts'
import type { CallOptions } from '../session/caller.ts'
import type { Session } from '../session/connect.ts'

/** The state that all handles of a lane share: the connection, the latest view of the lane, the record. */
export class LaneLink {
  readonly name: string
  readonly session: Session
  readonly record: TestRecord
  /** Number of the last log row before the lease, by the supervisor's count: logs begin after it. */
  readonly after: number
  /** Why the record of the run is incomplete, if it is. */
  recordFault: string | undefined
  released = false
  readonly #views = new Map<string, ServiceView>()
  /** Called before a service is removed or recreated: kept connections to it are closed. */
  readonly #releaseHooks = new Map<string, Set<() => Promise<void>>>()

  constructor(session: Session, record: TestRecord, view: LeasedView) {
    this.session = session
    this.record = record
    this.name = view.lane
    this.after = view.logsAfter
    this.see(view)
  }

  get logFolder(): string {
    return join(this.session.facts.folder, 'log')
  }

  /** Applies the changes that a call has returned. */
  see({ services, gone = [] }: LaneChange): void {
    for (const service of services) this.#views.set(service.name, service)
    for (const name of gone) this.#views.delete(name)
  }

  /** Runs a method that a test called as a span of the record; it returns and throws what `work` does. */
  act<T>(method: string, { service, args }: ActOptions, work: () => T): T {
    const { record } = this
    return spanned(record, { lane: this.name, service, method, args }, work)
  }

  view(service: string): ServiceView | undefined {
    return this.#views.get(service)
  }

  async call<M extends MethodName>(
    method: M,
    params: ParamsOf<M>,
    options?: CallOptions<ResultOf<M>>,
  ): Promise<ResultOf<M>> {
    if (this.released)
      throw new MesocosmError({
        code: 'LANE_RELEASED',
        message: `lane ${this.name} was released`,
        remedy: 'lease the topology again; handles of a released lane cannot be used',
        facts: { lane: this.name },
      })
    return this.session.caller.call(method, params, { ...options, from: originOf(this.record) })
  }

  /** Makes a call that changes the lane, and applies what it returns. */
  async change<M extends MethodName>(
    method: M,
    params: ResultOf<M> extends LaneChange ? ParamsOf<M> : never,
    options?: CallOptions<ResultOf<M>>,
  ): Promise<void> {
    this.see((await this.call(method, params, options)) as LaneChange)
  }

  /** Undoes a call whose answer came too late for its caller, in the background. */
  undo<M extends MethodName>(method: M, params: ParamsOf<M>): void {
    if (this.released) return
    this.session.caller.call(method, params).catch((error: unknown) => {
      this.record.events.write('undo', { l: this.name, method, error: String(error) })
    })
  }

  onRelease(service: string, hook: () => Promise<void>): void {
    const hooks = this.#releaseHooks.get(service) ?? new Set()
    this.#releaseHooks.set(service, hooks.add(hook))
  }

  /** Closes kept connections to these services (default all); tries all, then throws. */
  async letGo(services?: readonly string[]): Promise<void> {
    const work: Promise<void>[] = []
    for (const [service, hooks] of this.#releaseHooks) {
      if (services !== undefined && !services.includes(service)) continue
      this.#releaseHooks.delete(service)
      for (const hook of hooks) work.push(hook())
    }
    const failed = (await Promise.allSettled(work)).flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    )
    if (failed.length > 0)
      throw new AggregateError(failed, 'connections to services could not be closed')
  }
}
