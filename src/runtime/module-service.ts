import type { ServiceSpec } from '../model/service-spec.ts'

/** A testcontainers module as a service: its image, and values for the keys that the declaration leaves out. */
export type ModuleService = Partial<ServiceSpec> & {
  /** The module's image; always known. */
  readonly image: string
}
