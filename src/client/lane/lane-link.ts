import { join } from 'node:path'
import { types } from 'node:util'
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
import { callStep } from '../record/call-step.ts'
import { type Captures, createCaptures } from '../record/captures.ts'
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
  /** Handles of services that were added. */
  readonly added = new Map<string, object>()
  /** What its services capture. */
  readonly captures: Captures
  readonly #views = new Map<string, ServiceView>()
  /** Called before a service is removed or recreated: kept connections to it are closed. */
  readonly #releaseHooks = new Map<string, Set<() => Promise<void>>>()

  /** @param options.isKept whether the record of the run is kept, so that what services capture is recorded; default true. */
  constructor(
    session: Session,
    record: TestRecord,
    view: LeasedView,
    { isKept = true }: { readonly isKept?: boolean } = {},
  ) {
    this.session = session
    this.record = record
    this.name = view.lane
    this.after = view.logsAfter
    this.captures = createCaptures({
      lane: view.lane,
      record,
      off: !isKept,
      runs: (service) => this.#views.get(service)?.state === 'ready',
    })
    this.see(view)
  }

  get logFolder(): string {
    return join(this.session.facts.folder, 'log')
  }

  /** Applies the changes that a call has returned. */
  see({ services, gone = [] }: LaneChange): void {
    for (const service of services) this.#views.set(service.name, service)
    for (const name of gone) {
      this.#views.delete(name)
      this.added.delete(name)
    }
  }

  /**
   * Runs a method that a test called as a span of the record, and as a step of the test runner; it returns and throws
   * what `work` does.
   */
  act<T>(method: string, options: ActOptions, work: () => Promise<T>): Promise<T> {
    const { record } = this
    const called = { ...options, lane: this.name, method }
    return callStep(record, called, () => spanned(record, called, work))
  }

  /** The same for a method that may return a value at once. It is a step only if it returns a promise. */
  actNow<T>(method: string, options: ActOptions, work: () => T): T {
    const { record } = this
    const called = { ...options, lane: this.name, method }
    const result = spanned(record, called, work)
    return types.isPromise(result)
      ? (callStep(record, called, () => result as Promise<unknown>) as T)
      : result
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

  /** Records what these services (default all) have captured, and closes kept connections to them; tries all, then throws. */
  async letGo(services?: readonly string[]): Promise<void> {
    await this.captures.collect(services)
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
