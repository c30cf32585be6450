import { dependencies } from '../graph/dependencies.ts'
import { topologicalOrder } from '../graph/order.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import type { Plan, Step } from './plan.ts'

/** Returns a plan as text, one line per step: `#4 start program api  after #2 #3  (depends on db)`. */
export const renderPlan = (plan: Plan): string =>
  plan.steps.length === 0 ? 'nothing to do' : plan.steps.map(renderStep).join('\n')

/** Returns one step as a line of text. */
export const renderStep = (step: Step): string => {
  const after = step.after.length > 0 ? `  after ${step.after.map((id) => `#${id}`).join(' ')}` : ''
  return `#${step.id} ${step.do}${objectOf(step)}${after}  (${step.cause})`
}

/** Returns the services of a topology in start order, each with its source and what it starts after. */
export const renderTopology = (spec: TopologySpec): string => {
  const graph = dependencies(spec)
  const order = topologicalOrder(graph)
  const width = Math.max(0, ...order.map((name) => name.length))
  const lines = order.map((name) => {
    const waits = Object.entries(graph[name] ?? {}).map(([other, when]) => `${other} ${when}`)
    const parts = [
      sourceOf(spec.services[name] ?? {}),
      ...(spec.services[name]?.share === 'run' ? ['shared by all lanes'] : []),
      ...(waits.length > 0 ? [`after ${waits.join(', ')}`] : []),
    ]
    return `  ${name.padEnd(width)}  ${parts.join('  ')}`
  })
  return [spec.name, ...lines].join('\n')
}

// ---

const objectOf = (step: Step): string => {
  if (step.do === 'create network') return ''
  if (step.do === 'remove network') return ` ${step.network.slice(0, 12)}`
  const container = 'container' in step ? ` ${step.container.slice(0, 12)}` : ''
  return ` ${step.service}${container}${mannerOf(step)}`
}

const mannerOf = (step: Step): string => {
  if (step.do === 'start program' && step.restart) return ' again'
  if (step.do !== 'stop program') return ''
  return step.graceMs > 0 ? ` within ${step.graceMs} ms` : ' at once'
}

const sourceOf = ({ image, build, from }: ServiceSpec): string => {
  if (image !== undefined) return `image ${image}`
  if (build !== undefined) return `build ${build.context}`
  return from === undefined ? 'no source' : `module ${from.module} ${from.export}`
}
