/** Where a program has paused. */
export interface Hit {
  /** Path of the file in the service. */
  readonly file: string
  /** Line, from 1. */
  readonly line: number
}

/** A scripted debugger that is attached to a program, or waits for programs that connect to it. */
export interface ScriptedDebugger extends AsyncDisposable {
  /**
   * Sets a breakpoint.
   *
   * @param file absolute path in the service.
   * @param line from 1.
   */
  breakAt(file: string, line: number): Promise<void>
  /** Returns the next pause of the program that was not returned yet; waits for it. Rejects when the connection ends. */
  hit(): Promise<Hit>
  /** Returns the value of an expression in the innermost frame of the paused program, as its language shows it. */
  evaluate(expression: string): Promise<string>
  /** Lets the paused program run. */
  resume(): Promise<void>
}
