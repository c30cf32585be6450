/** A file of the folder with one passage replaced, as if typed into an open editor. `¦` is the cursor. */
export interface Edit {
  readonly file: string
  /** A passage that occurs exactly once. */
  readonly replace: string
  readonly by: string
}

/** An open folder. With several edits the cursor is in the first; afterwards all is as on disk again. */
export interface Editor extends AsyncDisposable {
  /** What is offered at the cursor, sorted; optional keys end in `?`. */
  complete(...edits: readonly Edit[]): Promise<string[]>
  /** The documentation shown beside one of the offers. */
  document(label: string, ...edits: readonly Edit[]): Promise<string>
  /** What hovering over the cursor shows: type and documentation. */
  hover(...edits: readonly Edit[]): Promise<string>
  /** Where "go to definition" leads: `file: line`. */
  definition(...edits: readonly Edit[]): Promise<string[]>
  /** Errors of the first file: `text under the squiggle: message`. */
  errors(...edits: readonly Edit[]): Promise<string[]>
}
