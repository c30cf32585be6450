import { now } from '../../trace/event/clock.ts'
import type { SpanId } from '../../trace/event/event.ts'
import { callTitle, type TitledCall } from './call-title.ts'

/** What a test has under way and has changed, for the error of its failure. Kept in memory; the record has it as well. */
export interface CallJournal {
  /** Notes the start of a call; call the result at its end. */
  begin(call: JournalCall): (status: 'done' | 'failed') => void
  /** Notes the start of a step; call the result at its end. */
  beginStep(step: Omit<JournalCall, keyof TitledCall> & { readonly title: string }): () => void
  /** Returns what a test waits for now, the oldest first; of calls within calls, the innermost. */
  waits(test: string | undefined): readonly OpenWait[]
  /** Forgets what was done so far for a test, such as the reset before it. */
  forget(test: string): void
  /** Returns the calls by which a test changed services, the last 20. */
  changes(test: string | undefined): readonly DoneChange[]
}

/** A call that begins. */
export interface JournalCall extends TitledCall {
  /** Id of its span. */
  readonly id: SpanId
  /** Span that it is in. */
  readonly parent?: SpanId | undefined
  /** Test that makes it. */
  readonly test?: string | undefined
}

/** A call that has not ended. */
export interface OpenWait {
  readonly title: string
  /** Milliseconds since its start. */
  readonly forMs: number
  /** Titles of the steps and calls that it is in, outermost first. */
  readonly within: readonly string[]
}

/** A change that was made, or that failed. */
export interface DoneChange {
  readonly title: string
  readonly failed: boolean
  /** Milliseconds since its end. */
  readonly agoMs: number
}

/** Creates an empty journal. */
export const createCallJournal = (clock: () => number = now): CallJournal => {
  const open = new Map<SpanId, OpenEntry>()
  const done: (JournalCall & { readonly failed: boolean; readonly at: number })[] = []
  const within = (parent: SpanId | undefined): string[] => {
    const above = parent === undefined ? undefined : open.get(parent)
    return above === undefined ? [] : [...within(above.parent), above.title()]
  }
  return {
    begin(call) {
      const { id, parent, test, method } = call
      open.set(id, { parent, test, since: clock(), title: () => callTitle(call), isStep: false })
      return (status) => {
        open.delete(id)
        if (!changing.test(method)) return
        done.push({ ...call, failed: status === 'failed', at: clock() })
        if (done.length > 2 * mostChanges) done.splice(0, done.length - mostChanges)
      }
    },
    beginStep({ id, parent, test, title }) {
      const entry = { parent, test, since: clock(), title: () => `step “${title}”`, isStep: true }
      open.set(id, entry)
      return () => void open.delete(id)
    },
    waits(test) {
      const entries = [...open].filter(([, entry]) => entry.test === test)
      const parents = new Set(entries.map(([, { parent }]) => parent))
      return entries
        .filter(([id, { isStep }]) => !isStep && !parents.has(id))
        .map(([, { title, since, parent }]) => ({
          title: title(),
          forMs: clock() - since,
          within: within(parent),
        }))
    },
    forget(test) {
      const others = done.filter((change) => change.test !== test)
      done.splice(0, done.length, ...others)
    },
    changes: (test) =>
      done
        .filter((change) => change.test === test)
        .slice(-mostChanges)
        .map((change) => ({
          title: callTitle(change),
          failed: change.failed,
          agoMs: clock() - change.at,
        })),
  }
}

// ---

interface OpenEntry {
  readonly parent: SpanId | undefined
  readonly test: string | undefined
  readonly since: number
  readonly title: () => string
  readonly isStep: boolean
}

const mostChanges = 20

const changing =
  /^(?:withEnv|withEnv\.restore|setEnv|swap|swap\.restore|debug|debug\.end|restart|stop|start|kill|pause|unpause|lane\.(?:add|remove|reset|disconnect|connect))$/
