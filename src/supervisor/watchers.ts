import type { RunEvent } from '../model/run-event.ts'
import type { Connection } from './connection.ts'

/** Which connections want to hear of what. */
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

  logged(lane: string, service: string): void {
    const topic = topicOf(lane, service)
    // To a client that does not read (a debugger holds it) one notice is as good as a million.
    for (const watcher of this.#logs.get(topic) ?? [])
      watcher.notify('log', { lane, service }, `log ${topic}`)
  }
}

const topicOf = (lane: string, service: string) => `${lane}/${service}`
