import type { ServiceStatus } from './service-view.ts'

/** What a run reports to those who watch it. */
export type RunEvent =
  | {
      readonly kind: 'service'
      /** Lane name; `run` for servers that lanes share. */
      readonly lane: string
      readonly service: string
      readonly state: ServiceStatus
      /** Milliseconds that this took. */
      readonly ms?: number
      readonly detail?: string
    }
  /** One line of a pull or build. */
  | { readonly kind: 'image'; readonly service: string; readonly line: string }
  | {
      readonly kind: 'lane'
      readonly lane: string
      readonly state: 'leased' | 'released' | 'reset' | 'removed'
    }
