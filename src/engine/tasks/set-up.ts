import type { Call } from '../../call/call.ts'
import { internalError } from '../../errors/unknown-error.ts'
import { hostNames } from '../../graph/host-names.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { createLookup, type Lookup, resolveTemplate } from '../../plan/outputs.ts'
import { label } from '../../runtime/labels.ts'
import type { Program } from '../group/program.ts'
import { keepPrebuilt } from '../image/prebuilt.ts'
import type { ResolvedService } from '../image/resolve-service.ts'
import type { EngineContext } from '../run/context.ts'
import { runTaskContainer } from './run-task-container.ts'
import { runTasks } from './tasks.ts'

/** The new container of a service, and what its tasks may refer to. */
export interface SetUp {
  readonly name: string
  readonly resolved: ResolvedService
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly lane: { readonly name: string } | undefined
  readonly program: Program
  /** Id of its sandbox container, whose network tasks join that run in containers of their own. */
  readonly sandbox: string | undefined
  readonly topology: string
  readonly call: Call
  /** Returns the values that its tasks refer to; default as services see each other. */
  readonly lookup?: Lookup
}

/** Runs the `setup` tasks of a new container, unless its image already contains their result; then saves that image. */
export const setUp = async (
  context: EngineContext,
  { name, resolved, services, lane, program, sandbox, topology, call, lookup: given }: SetUp,
): Promise<void> => {
  const { spec, taskImages } = resolved
  if (program.prebuilt) return
  const group = lane?.name ?? 'run'
  const all = { ...services, [name]: spec }
  const inside = createLookup({ services: all, view: 'inside', lane }, name)
  await runTasks(context, spec.tasks?.setup, {
    service: name,
    lane: group,
    container: program.id,
    call,
    purpose: 'set up',
    // A container of its own is in the network of the service, even if that runs as a process.
    resolve: (template, { container }) =>
      resolveTemplate(template, container === undefined ? (given ?? inside) : inside),
    run: ({ container }, index, request, options) => {
      const image = taskImages[index]
      if (container === undefined || image === undefined)
        return context.runtime.exec(program.id, request, options)
      if (sandbox === undefined) throw internalError(`the network sandbox of ${name} is gone`)
      const own = {
        name: `mesocosm-${context.run.slice(-6)}-${group}-${name}-setup-${index}-${program.id.slice(0, 6)}`,
        labels: {
          ...context.labels,
          [label.topology]: topology,
          [label.lane]: group,
          [label.service]: name,
          [label.role]: 'task',
        },
        image,
        sandbox,
        ...(spec.proxy === false ? {} : { noProxy: hostNames(services) }),
        onWarning: (text: string) => context.warnings.report(text, { service: name, lane: group }),
        ...(container.workdir === undefined ? {} : { workdir: container.workdir }),
      }
      return runTaskContainer(context, own, request, options)
    },
  })
  if (program.keepAs !== undefined) await keepPrebuilt(context, name, program, program.keepAs)
}
