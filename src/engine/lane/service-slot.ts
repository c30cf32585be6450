import type { Member } from '../group/group-members.ts'
import type { ServiceOverrides } from './service-overrides.ts'

/** The overrides and containers of one service, kept by its lane or its shared server. */
export interface ServiceSlot {
  /** Changes that override its declaration. */
  readonly overrides: ServiceOverrides
  readonly member: Member | undefined
  /** Its name in its group. */
  readonly key: string
  readonly shared: boolean
}
