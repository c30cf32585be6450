import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventPayload, TraceEvent } from '../../../../src/trace/event/event.ts'
import { traceVersion } from '../../../../src/trace/event/event.ts'

/** The record of a run that a test makes, as a supervisor and its clients would write it. */
export class SceneWriter {
  readonly start: number
  readonly #events: TraceEvent[] = []
  readonly #logs = new Map<string, [time: number, text: string, stream: 1 | 2][]>()
  readonly #blobs = new Map<string, string>()
  #spans = 0
  #containers = 0
  #rows = 0

  /** @param start milliseconds since 1970; all other times are since then. */
  constructor(start = Date.UTC(2026, 10, 30, 9, 41, 0)) {
    this.start = start
    this.event('head', -1, {}, { v: traceVersion, writer: 'scene', pid: 1, prefix: 's' })
  }

  /** Adds an entry. */
  event<K extends TraceEvent['k']>(
    k: K,
    at: number,
    origin: { x?: string; p?: string; l?: string; s?: string },
    payload: EventPayload<K>,
  ): void {
    this.#events.push({ k, t: this.start + at, ...origin, ...payload } as unknown as TraceEvent)
  }

  /** Returns a new id of a span. */
  span(): string {
    return `s.${++this.#spans}`
  }

  /** Returns a new id of a container. */
  container(): string {
    return (0xc0ffee000000 + ++this.#containers).toString(16)
  }

  /** Adds lines of a service, `[milliseconds, text]`; a text that begins with `!` went to stderr. */
  log(
    lane: string,
    service: string,
    ...lines: readonly (readonly [at: number, text: string])[]
  ): void {
    const key = `${lane}.${service}`
    const rows = this.#logs.get(key) ?? []
    for (const [at, text] of lines)
      rows.push([this.start + at, text.replace(/^!/, ''), text.startsWith('!') ? 2 : 1])
    this.#logs.set(key, rows)
  }

  /** Adds content that is too long for its entry. */
  blob(content: string): { sha256: string; bytes: number } {
    const sha256 = createHash('sha256').update(content).digest('hex')
    this.#blobs.set(sha256, content)
    return { sha256, bytes: Buffer.byteLength(content) }
  }

  /** Writes the folder of the run. */
  write(folder: string, facts: Readonly<Record<string, unknown>> = {}): void {
    for (const name of ['ev', 'log', 'blob']) mkdirSync(join(folder, name), { recursive: true })
    const end = Math.max(...this.#events.map(({ t }) => t))
    const run = {
      v: 1,
      id: '20261130T094100-c0ffee',
      start: this.start,
      status: 'ended',
      end,
      ...facts,
    }
    writeFileSync(join(folder, 'run.json'), JSON.stringify(run))
    const events = this.#events.toSorted((a, b) => a.t - b.t)
    writeFileSync(join(folder, 'ev/owner.ndjson'), linesOf(events))
    for (const [key, rows] of this.#logs) {
      const [lane = '', service = ''] = key.split('.')
      const container = createHash('sha256').update(key).digest('hex')
      const head = {
        ...{ k: 'svc.segment', v: 1, t: this.start, lane, service, container },
        ...{ seq: 1, after: 0 },
      }
      const stored = rows
        .toSorted((a, b) => a[0] - b[0])
        .map(([time, text, stream]) => [time, text, stream, 0, ++this.#rows])
      writeFileSync(
        join(folder, 'log', `${key}.${container.slice(0, 12)}.ndjson`),
        linesOf([head, ...stored]),
      )
    }
    for (const [sha256, content] of this.#blobs) {
      writeFileSync(join(folder, 'blob', sha256), content)
    }
  }
}

// ---

const linesOf = (entries: readonly unknown[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
