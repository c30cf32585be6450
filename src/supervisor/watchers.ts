import type { RunEvent } from '../model/run-event.ts'
import type { Connection } from './connection.ts'

/** The connections that get notifications of logs and of progress. */
export class Watchers {
  readonly #logs = new Map<string, Set<Connection>>()
  readonly #progress = new Set<Connection>()

  watchLog(lane: string, service: string, connection: Connection): void {
    const topic = topicOf(lane, service)
    const watchers = this.#logs.get(topic) ?? new Set()
    this.#logs.set(topic, watchers.add(connection))
  }

  watchProgress(connection: Connection): void {
    this.#progress.add(connection)
  }

  forget(connection: Connection): void {
    this.#progress.delete(connection)
    for (const [topic, watchers] of this.#logs)
      if (watchers.delete(connection) && watchers.size === 0) this.#logs.delete(topic)
  }

  progress(event: RunEvent): void {
    for (const watcher of this.#progress) watcher.notify('progress', event)
  }

  /** @param fault why the record, from which the clients read the log, is incomplete. */
  logged(lane: string, service: string, fault?: string): void {
    const topic = topicOf(lane, service)
    // One topic per log: a client that does not read, such as in a debugger, gets only the last notification.
    for (const watcher of this.#logs.get(topic) ?? [])
      watcher.notify(
        'log',
        { lane, service, ...(fault === undefined ? {} : { fault }) },
        `log ${topic}`,
      )
  }
}

const topicOf = (lane: string, service: string) => `${lane}/${service}`
