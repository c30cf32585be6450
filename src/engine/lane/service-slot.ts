import type { Member } from '../group/group-members.ts'
import type { ServiceOverrides } from './service-overrides.ts'

/** Where the state and the containers of one service are kept: in its lane, or with its shared server. */
export interface ServiceSlot {
  /** What was asked of it beyond its declaration. */
  readonly overrides: ServiceOverrides
  readonly member: Member | undefined
  /** Its name in its group. */
  readonly key: string
  readonly shared: boolean
}
