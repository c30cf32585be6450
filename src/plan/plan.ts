/** What will be done, in which order, and why. Plain data, so it can be printed and compared. */
export interface Plan {
  readonly group: string
  readonly steps: readonly Step[]
}

/** One call on the outside world. `after` holds the ids of steps that must have succeeded. */
export type Step = StepAction & {
  readonly id: number
  readonly after: readonly number[]
  /** Why the step is needed: `no network yet`, `env SIGNUP changed`, `depends on db`. */
  readonly cause: string
}

/** What a step does, and to which service, container or network. */
export type StepAction =
  | { readonly do: 'create network' }
  | { readonly do: 'remove network'; readonly network: string }
  /** Creates and starts the container that owns the service's address, names and published ports. */
  | { readonly do: 'start sandbox'; readonly service: string; readonly hash: string }
  | { readonly do: 'remove sandbox'; readonly service: string; readonly container: string }
  | { readonly do: 'create program'; readonly service: string; readonly hash: string }
  | { readonly do: 'start program'; readonly service: string; readonly restart?: true }
  | { readonly do: 'await ready'; readonly service: string }
  | { readonly do: 'await completed'; readonly service: string }
  /** Ends the program and leaves its container; `graceMs` 0 kills. */
  | {
      readonly do: 'stop program'
      readonly service: string
      readonly container: string
      readonly graceMs: number
    }
  | { readonly do: 'remove program'; readonly service: string; readonly container: string }
  | { readonly do: 'pause'; readonly service: string }
  | { readonly do: 'unpause'; readonly service: string }
  | { readonly do: 'connect'; readonly service: string }
  | { readonly do: 'disconnect'; readonly service: string }
