/** One file of a web page, as the bundle of a server holds it. */
export interface PageFile {
  /** Content type. */
  readonly type: string
  readonly text: string
}

/** Files of a web page by name, with `index.html`. */
export type PageFiles = Readonly<Record<string, PageFile>>
