import type { Choice } from '../plugin/choice.ts'
import type { Draft, Port } from '../service/draft.ts'

/** A service that others can refer to. */
export interface Target {
  readonly name: string
  /** Host names of the service. */
  readonly hosts: readonly string[]
  readonly ports: readonly Port[]
  readonly choice: Choice | undefined
}

/** Returns the target of a service, with the ports of its plugin if it has one. */
export const targetOf = (draft: Draft, choice: Choice | undefined): Target => ({
  name: draft.name,
  hosts: [draft.name, ...draft.aliases],
  ports: choice?.ports ?? draft.ports,
  choice,
})
