import type { Choice } from '../plugin/choice.ts'
import type { Draft, Port } from '../service/draft.ts'

/** A service as others refer to it. */
export interface Target {
  readonly name: string
  /** Its host names. */
  readonly hosts: readonly string[]
  readonly ports: readonly Port[]
  readonly choice: Choice | undefined
}

export const targetOf = (draft: Draft, choice: Choice | undefined): Target => ({
  name: draft.name,
  hosts: [draft.name, ...draft.aliases],
  ports: choice?.ports ?? draft.ports,
  choice,
})
