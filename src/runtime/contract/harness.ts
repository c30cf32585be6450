import type { TestContext } from 'vitest'
import type { Runtime, RuntimeAbilities } from '../runtime.ts'

/** What the contract needs to know of an implementation. */
export interface ContractHarness {
  /** Creates the runtime under test. */
  readonly create: () => Promise<Runtime>
  /** Returns the name of an image in which all programs below can run, pulled or built by the harness. */
  readonly image: () => Promise<string>
  /** Programs of that image. */
  readonly programs: ContractPrograms
  /**
   * Breaks the connections by which a runtime of `create` reads output or events, while `during` runs. Without it, the
   * promises for broken connections are not tested.
   */
  readonly interrupt?: (
    runtime: Runtime,
    what: 'output' | 'events',
    during: () => Promise<void>,
  ) => Promise<void>
  /** Promises that this implementation does not keep and optional methods that it lacks, each with its reason. */
  readonly skip?: Partial<Record<ContractSkip, string>>
}

/** A promise of the port that an implementation may not keep, or an optional method that it may lack. */
export type ContractSkip =
  | 'tmpfs'
  | 'limits'
  | 'pause'
  | 'lost sandboxes'
  | 'mount errors'
  | 'unknown programs'
  | 'mounts'
  | 'idle'
  | 'names'
  | 'network changes'
  | 'addresses'
  | 'images'
  | keyof RuntimeAbilities

type Argv = readonly string[]

/** Programs as argv of the harness's image. */
export interface ContractPrograms {
  /** Prints `line 1` to `line <count>`, then `last` on stderr, and exits with the code. */
  print(count: number, exitCode: number): Argv
  /** Prints `listening`, then answers HTTP on the port with the text until it is killed. */
  serve(port: number, text: string): Argv
  /** Prints `up` and waits; on SIGTERM it prints `bye` and exits with 0. */
  wait(): Argv
  /** Copies its input to stdout until the end of the input, prints `done` on stderr, and exits with the code. */
  copy(exitCode: number): Argv
  /** Prints `<rows> <columns>` of its terminal whenever it has read a line, and exits at the line `exit`. */
  size(): Argv
  /** Allocates memory until it is killed. */
  hog(): Argv
  /** Programs to run in a running container. */
  readonly exec: {
    /** Prints the permission bits in octal, a line end, the content. */
    show(path: string): Argv
    /** Prints the value of an environment variable and a line end. */
    env(name: string): Argv
    /** Prints stdin, then `noted` on stderr, and exits with 3. */
    echo(): Argv
    /** Prints the body of `http://<host>:<port>/`, or exits with another code than 0. */
    fetch(host: string, port: number): Argv
    /** Exits with 0 when the name has an address. */
    lookup(name: string): Argv
    /** Prints that many `x`. */
    fill(bytes: number): Argv
    /** Starts a child, and waits with it until both are killed. */
    linger(): Argv
    /** Prints how many processes of `linger` there are. */
    lingering(): Argv
  }
}

/** Skips a test, with the harness's reason, when the runtime lacks an optional method. */
export const skipWithout = (
  context: TestContext,
  runtime: Runtime,
  { skip = {} }: ContractHarness,
  ability: keyof RuntimeAbilities,
): void => {
  if (runtime[ability] === undefined) context.skip(skip[ability] ?? `no ${ability}`)
}
