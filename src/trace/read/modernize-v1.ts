import type { PlannedStep } from '../event/event.ts'
import { parseStep, todaysName } from './parse-step.ts'
import type { NumberedEvent, StoredEvent } from './stored-event.ts'

/*
 * Version 1 numbered spans per file, wrote plans as text without an end, errors as strings, and three kinds as `mark`.
 */

/** Turns the entries of a version 1 file into those of version 2. */
export const modernizeV1 = (stored: readonly NumberedEvent[], file: string): NumberedEvent[] => {
  const plans = new OpenPlans(file)
  return stored.flatMap(({ event, line }) =>
    plans.turn(turn(event, file)).map((turned) => ({ event: turned, line })),
  )
}

// ---

const turn = (event: StoredEvent, file: string): StoredEvent => {
  const { i, p, ...rest } = event
  const plain = {
    ...rest,
    ...(typeof i === 'number' ? { i: `${file}#${i}` } : {}),
    ...(typeof p === 'number' ? { p: `${file}#${p}` } : {}),
  }
  if (event.k === 'head') return { ...plain, v: 2, prefix: file }
  if (event.k === 'mark') return unmarked(plain)
  // The error of a test still is a string.
  if (typeof event.error === 'string' && event.k !== 'test.end')
    return { ...plain, error: { message: event.error } }
  return plain
}

const unmarked = (event: StoredEvent): StoredEvent => {
  if (typeof event.task === 'string') {
    const { task: purpose, ...rest } = event
    return { ...rest, k: 'task', purpose }
  }
  if (typeof event.prebuilt === 'string') {
    const { prebuilt: image, ...rest } = event
    return { ...rest, k: 'prebuilt', image }
  }
  if (typeof event.undo === 'string') {
    const { undo: method, ...rest } = event
    return { ...rest, k: 'undo', method }
  }
  return event
}

interface OpenPlan {
  readonly id: string
  readonly lane: unknown
  readonly steps: Map<number, PlannedStep>
  failed: boolean
}

/** Finds the plan and the id of each step that has ended, which version 1 did not write. */
class OpenPlans {
  readonly #file: string
  readonly #open = new Set<OpenPlan>()
  #count = 0

  constructor(file: string) {
    this.#file = file
  }

  turn(event: StoredEvent): StoredEvent[] {
    if (event.k === 'plan') return [this.#begin(event)]
    return event.k === 'plan.step' ? this.#step(event) : [event]
  }

  #begin(event: StoredEvent): StoredEvent {
    const texts = Array.isArray(event.steps) ? event.steps : []
    const steps = texts.flatMap((text) => parseStep(String(text)) ?? [])
    const id = `${this.#file}#plan${++this.#count}`
    const byId = new Map(steps.map((step) => [step.id, step]))
    this.#open.add({ id, lane: event.l, steps: byId, failed: false })
    return { ...event, k: 'plan.start', i: id, steps }
  }

  #step(event: StoredEvent): StoredEvent[] {
    const action = todaysName(String(event.do))
    for (const plan of this.#open) {
      if (plan.lane !== event.l) continue
      const step = [...plan.steps.values()].find(
        (planned) => planned.do === action && planned.service === event.s,
      )
      if (step === undefined) continue
      plan.steps.delete(step.id)
      plan.failed ||= event.status !== 'done'
      const ended: StoredEvent = { ...event, p: plan.id, step: step.id, do: action }
      return plan.steps.size > 0 ? [ended] : [ended, this.#end(plan, event)]
    }
    return [{ ...event, step: 0, do: action }]
  }

  #end(plan: OpenPlan, { t, l }: StoredEvent): StoredEvent {
    this.#open.delete(plan)
    return { k: 'plan.end', t, l, i: plan.id, status: plan.failed ? 'failed' : 'done' }
  }
}
