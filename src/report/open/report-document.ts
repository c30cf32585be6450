/** What reading a report needs of the page's `document`. */
export interface ReportDocument {
  readonly readyState: string
  querySelectorAll(selector: string): Iterable<ReportElement>
  addEventListener(type: 'DOMContentLoaded', listener: () => void): void
  createElement(name: 'script'): ReportScript
  readonly head: { append(script: never): void }
}

/** An element with a chunk. */
export interface ReportElement {
  getAttribute(name: string): string | null
  textContent: string | null
  remove(): void
}

/** A script that is loaded for a chunk. */
export interface ReportScript {
  src: string
  remove(): void
  addEventListener(type: 'load' | 'error', listener: () => void): void
}
