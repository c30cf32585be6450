import type { JSX } from 'preact'
import type { PlannedStep, TraceEvent } from '../../../../../src/trace/event/event.ts'
import type { TraceNode } from '../../../../../src/trace/read/trace.ts'
import { railsOf } from '../../model/rails.ts'
import { duration } from '../../text/format.ts'
import { useStore } from '../context.ts'
import { Fault, NodeHead, Part, Raw } from './parts.tsx'

/** What was done to get a lane from one state to another: steps, which waited for which, why, and how long they took. */
export const PlanDetails = ({
  plan,
  step: chosen,
}: {
  readonly plan: TraceNode
  readonly step?: TraceNode
}): JSX.Element => {
  const store = useStore()
  const start = plan.events.find(
    (each): each is TraceEvent<'plan.start'> => each.k === 'plan.start',
  )
  const steps = start?.steps ?? []
  const nodes = plan.children.filter(({ kind }) => kind === 'plan step')
  const rails = railsOf(steps)
  const span = Math.max(0.001, plan.end - plan.start)
  const wide = 10 + rails.width * railGap
  return (
    <>
      <NodeHead
        node={plan}
        title={`Plan for ${plan.lane === 'run' ? 'shared servers' : plan.lane}`}
      />
      <Part title={`${steps.length} steps`}>
        <div class="plan">
          <svg class="rails" width={wide} height={steps.length * rowHeight} aria-hidden="true">
            {rails.rails.map(({ from, to, column }) => (
              <path
                key={`${from} ${to}`}
                d={railPath(wide - 10 - column * railGap, from, to, wide)}
                class={related(steps, chosen, nodes, from, to) ? 'strong' : ''}
              />
            ))}
            {steps.map(({ id }, at) => (
              <circle
                key={id}
                cx={wide - 4}
                cy={at * rowHeight + rowHeight / 2}
                r="3"
                class={nodes[at]?.status}
              />
            ))}
          </svg>
          <ol style={{ paddingLeft: `${wide + 4}px` }}>
            {steps.map((step, at) => {
              const node = nodes[at]
              const took = node === undefined ? 0 : node.end - node.start
              const failed = node?.status === 'failed' || node?.status === 'blocked'
              return (
                <li key={step.id}>
                  <button
                    type="button"
                    aria-current={node !== undefined && node === chosen ? 'true' : undefined}
                    style={{ height: `${rowHeight}px` }}
                    onClick={() => {
                      const key = node && store.model.value?.keyOf(node)
                      if (key !== undefined) store.go({ entry: key })
                    }}
                  >
                    <span class="name">
                      {step.do} <b>{step.service}</b>
                      <span class="unseen">{afterText(step)}</span>
                    </span>
                    <span class={`num ${failed ? 'bad' : ''}`}>
                      {failed ? node?.status : node?.status === 'done' ? duration(took) : ''}
                    </span>
                    <span class="soft cause">{step.cause}</span>
                    {node !== undefined && (
                      <span class="axis-bar" aria-hidden="true">
                        <i
                          class={failed ? 'bad' : ''}
                          style={{
                            left: `${((node.start - plan.start) / span) * 100}%`,
                            width: `max(2px, ${(took / span) * 100}%)`,
                          }}
                        />
                      </span>
                    )}
                  </button>
                  {node?.error !== undefined && (
                    <Fault code={node.error.code} message={node.error.message} />
                  )}
                </li>
              )
            })}
          </ol>
        </div>
      </Part>
      <Raw node={plan} />
    </>
  )
}

// ---

const rowHeight = 42
const railGap = 9

const afterText = ({ after }: PlannedStep): string =>
  after.length === 0 ? '' : `, after step ${after.join(' and ')}`

const railPath = (x: number, from: number, to: number, wide: number): string => {
  const [y1, y2] = [from * rowHeight + rowHeight / 2, to * rowHeight + rowHeight / 2]
  return `M${wide - 4} ${y1}H${x + 5}q-5 0 -5 5V${y2 - 5}q0 5 5 5H${wide - 4}`
}

const related = (
  steps: readonly PlannedStep[],
  chosen: TraceNode | undefined,
  nodes: readonly TraceNode[],
  from: number,
  to: number,
): boolean => {
  const at = chosen === undefined ? -1 : nodes.indexOf(chosen)
  return at >= 0 && steps[at] !== undefined && (at === from || at === to)
}
