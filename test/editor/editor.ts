/** Replaces one passage of a file, as if typed into an editor. `¦` is the cursor. */
export interface Edit {
  /** Path in the folder. */
  readonly file: string
  /** A passage that occurs exactly once. */
  readonly replace: string
  /** What to write instead. */
  readonly by: string
}

/** An editor with an open folder. With several edits, the cursor is in the first. Edits are undone after each call. */
export interface Editor extends AsyncDisposable {
  /** Returns the completions at the cursor, sorted; optional keys end in `?`. */
  complete(...edits: readonly Edit[]): Promise<string[]>
  /** Returns the documentation of one completion. */
  document(label: string, ...edits: readonly Edit[]): Promise<string>
  /** Returns what hovering over the cursor shows: type and documentation. */
  hover(...edits: readonly Edit[]): Promise<string>
  /** Returns the targets of "go to definition": `file: line`. */
  definition(...edits: readonly Edit[]): Promise<string[]>
  /** Returns the errors of the first file: `underlined text: message`. */
  errors(...edits: readonly Edit[]): Promise<string[]>
}
