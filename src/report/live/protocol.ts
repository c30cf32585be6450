/*
 * How the page of a live run asks for what is new: it sends positions in files, and gets what follows them. The server
 * remembers nothing.
 */

/** How many bytes of each file are known, by name. */
export type FileCursor = Readonly<Record<string, number>>

/** Answer of `events`: what files of the record have got since, whole lines; `run.json` is sent whole. */
export interface NewEvents {
  readonly cursor: FileCursor
  readonly files: readonly { readonly name: string; readonly text: string }[]
}

/** Answer of `logs`: what log files have got since, whole rows. */
export interface NewLogs {
  readonly cursor: FileCursor
  readonly logs: readonly {
    readonly name: string
    readonly lane: string
    readonly service: string
    readonly text: string
  }[]
  /** Whether there is more than one answer holds. */
  readonly more: boolean
}

/** Media type of the stream of `changes`: each event is a change of the run. */
export const changesType = 'text/event-stream'
