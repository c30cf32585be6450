/** An entry of `configurations` in `.vscode/launch.json`. */
export interface LaunchConfiguration {
  /** Name in the list of VS Code; begins with {@link configurationPrefix}. */
  readonly name: string
  /** Debugger: `node`, `debugpy`, `php`, `java` or `go`. */
  readonly type: string
  /** Whether VS Code connects to a program or starts one. */
  readonly request: 'attach' | 'launch'
  /** Attributes of the debugger. */
  readonly [attribute: string]: unknown
}

/** Start of the names of all configurations that Mesocosm writes. */
export const configurationPrefix = 'mesocosm: '

/** Keeps the configurations together in the list. */
export const presentation = { group: 'mesocosm' } as const
