import type { Call } from '../../call/call.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { createLookup, resolveTemplate } from '../../plan/outputs.ts'
import type { Program } from '../group/program.ts'
import { keepPrebuilt } from '../image/prebuilt.ts'
import type { ResolvedService } from '../image/resolve-service.ts'
import type { EngineContext } from '../run/context.ts'
import { runTasks } from './tasks.ts'

/** The new container of a service, and what its tasks may refer to. */
export interface SetUp {
  readonly name: string
  readonly resolved: ResolvedService
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly lane: { readonly name: string } | undefined
  readonly program: Program
  readonly call: Call
}

/** Runs the `setup` tasks of a new container, unless its image already contains their result; then saves that image. */
export const setUp = async (
  context: EngineContext,
  { name, resolved, services, lane, program, call }: SetUp,
): Promise<void> => {
  const { spec } = resolved
  if (program.prebuilt) return
  const lookup = createLookup(
    { services: { ...services, [name]: spec }, view: 'inside', lane },
    name,
  )
  await runTasks(context, spec.tasks?.setup, {
    service: name,
    lane: lane?.name ?? 'run',
    container: program.id,
    call,
    purpose: 'set up',
    resolve: (template) => resolveTemplate(template, lookup),
  })
  if (program.keepAs !== undefined) await keepPrebuilt(context, name, program, program.keepAs)
}
