import type { Runtime } from '../runtime.ts'

/** What an implementation brings along to be held to the contract. */
export interface ContractHarness {
  readonly create: () => Promise<Runtime>
  /** Image in which all programs below can run; made present by the harness. */
  readonly image: () => Promise<string>
  readonly programs: ContractPrograms
  /** Promises that this implementation does not keep, each with its reason. */
  readonly skip?: Partial<Record<ContractSkip, string>>
}

export type ContractSkip = 'tmpfs' | 'limits' | 'mount errors' | 'unknown programs'

type Argv = readonly string[]

/** Programs as argv, in the words of the implementation. */
export interface ContractPrograms {
  /** Prints `line 1` to `line <count>`, then `last` on stderr, and ends with the code. */
  print(count: number, exitCode: number): Argv
  /** Prints `listening`, then answers HTTP on the port with the text until it is killed. */
  serve(port: number, text: string): Argv
  /** Prints `up` and waits; on SIGTERM it prints `bye` and ends with 0. */
  wait(): Argv
  /** Takes memory until it is killed for it. */
  hog(): Argv
  readonly exec: {
    /** Prints the permission bits in octal, a line end, the content. */
    show(path: string): Argv
    /** Prints the value of an environment variable and a line end. */
    env(name: string): Argv
    /** Prints stdin, then `noted` on stderr, and ends with 3. */
    echo(): Argv
    /** Prints the body of `http://<host>:<port>/`, or ends with another code than 0. */
    fetch(host: string, port: number): Argv
    /** Ends with 0 when the name has an address. */
    lookup(name: string): Argv
    /** Prints that many `x`. */
    fill(bytes: number): Argv
    /** Starts a child, and waits with it until both are killed. */
    linger(): Argv
    /** Prints how many processes of `linger` there are. */
    lingering(): Argv
  }
}
