import type { RunEvent } from '../model/run-event.ts'
import type { Connection } from './connection.ts'

type Warning = Extract<RunEvent, { kind: 'warning' }>

/** The connections that get notifications of logs, of progress and of warnings. */
export class Watchers {
  readonly #logs = new Map<string, Set<Connection>>()
  readonly #logListeners = new Map<string, Set<() => void>>()
  readonly #progress = new Set<Connection>()
  readonly #warnings = new Set<Connection>()
  /** Warnings that no connection has got. */
  #ungiven: Warning[] = []

  watchLog(lane: string, service: string, connection: Connection): void {
    const topic = topicOf(lane, service)
    const watchers = this.#logs.get(topic) ?? new Set()
    this.#logs.set(topic, watchers.add(connection))
  }

  /** Calls back when the service has written to its log, until disposed. */
  onLog(lane: string, service: string, listener: () => void): Disposable {
    const topic = topicOf(lane, service)
    const listeners = this.#logListeners.get(topic) ?? new Set()
    this.#logListeners.set(topic, listeners.add(listener))
    return {
      [Symbol.dispose]: () => {
        listeners.delete(listener)
        if (listeners.size === 0 && this.#logListeners.get(topic) === listeners)
          this.#logListeners.delete(topic)
      },
    }
  }

  watchProgress(connection: Connection): void {
    this.#progress.add(connection)
  }

  /** Each warning goes to one connection, so that a run with many clients prints it once. */
  watchWarnings(connection: Connection): void {
    this.#warnings.add(connection)
    for (const warning of this.#ungiven) connection.notify('warning', warning)
    this.#ungiven = []
  }

  forget(connection: Connection): void {
    this.#warnings.delete(connection)
    this.#progress.delete(connection)
    for (const [topic, watchers] of this.#logs)
      if (watchers.delete(connection) && watchers.size === 0) this.#logs.delete(topic)
  }

  progress(event: RunEvent): void {
    for (const watcher of this.#progress) watcher.notify('progress', event)
    if (event.kind === 'warning') this.#warned(event)
  }

  /** @param fault why the record, from which the clients read the log, is incomplete. */
  logged(lane: string, service: string, fault?: string): void {
    const topic = topicOf(lane, service)
    for (const listener of this.#logListeners.get(topic) ?? []) listener()
    // One topic per log: a client that does not read, such as in a debugger, gets only the last notification.
    for (const watcher of this.#logs.get(topic) ?? [])
      watcher.notify(
        'log',
        { lane, service, ...(fault === undefined ? {} : { fault }) },
        `log ${topic}`,
      )
  }

  #warned(warning: Warning): void {
    const [first] = this.#warnings
    if (first === undefined) this.#ungiven.push(warning)
    else first.notify('warning', warning)
  }
}

const topicOf = (lane: string, service: string) => `${lane}/${service}`
