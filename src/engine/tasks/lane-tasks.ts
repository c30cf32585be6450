import type { Call } from '../../call/call.ts'
import type { ServiceSpec, TaskPlan } from '../../model/service-spec.ts'
import { createLookup, type Lookup, resolveTemplate } from '../../plan/outputs.ts'
import type { EngineContext } from '../run/context.ts'
import { runTasks } from './tasks.ts'

/** The hooks of a lane's life at which services have tasks, and their names in errors. */
const purposeOf = {
  enter: 'create the tenant of the lane',
  enterAlone: 'create the tenant of the lane, with its snapshot',
  baseline: 'snapshot its data',
  reset: 'reset its data',
  deepReset: 'recreate its data',
  leave: 'drop the tenant of the lane',
} as const

/** Name of a hook in a lane's life. */
export type LaneMoment = keyof typeof purposeOf

/** The service and lane whose tasks run. */
export interface LaneTasks {
  readonly lane: string
  readonly service: string
  readonly spec: ServiceSpec
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly container: string
  readonly call: Call
  /** Returns the values that its tasks refer to; default as services see each other. */
  readonly lookup?: Lookup
}

/** Runs the tasks of a service for one hook of a lane. Throws `TASK_FAILED`. */
export const runLaneTasks = async (
  context: EngineContext,
  moment: LaneMoment,
  { lane, service, spec, services, container, call, lookup: given }: LaneTasks,
): Promise<void> => {
  const tasks = tasksOf(moment, spec.tasks ?? {})
  if (tasks.length === 0) return
  const all = { ...services, [service]: spec }
  const lookup =
    given ?? createLookup({ services: all, view: 'inside', lane: { name: lane } }, service)
  await runTasks(context, tasks, {
    service,
    lane,
    container,
    call,
    purpose: purposeOf[moment],
    resolve: (template) => resolveTemplate(template, lookup),
  })
}

const tasksOf = (moment: LaneMoment, tasks: TaskPlan) => {
  const declared = tasks[moment]
  if (declared !== undefined || moment !== 'deepReset' || tasks.enter === undefined)
    return declared ?? []
  return [...(tasks.leave ?? []), ...tasks.enter]
}
