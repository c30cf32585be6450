import type { ApiEvent, ApiPage, ApiSummary } from '../../../mailpit-api.ts'

/** Mails that one request asks for. */
const pageSize = 100

/**
 * The mails of the mailbox or of a search, newest first, as far as they have been shown. What is missing is asked for when it is
 * needed, so that the size of the mailbox does not matter.
 */
export class MailList {
  readonly #rows: (ApiSummary | undefined)[] = []
  readonly #asked = new Set<number>()
  /** Changes with the places of rows: an answer that was asked for before that is of no use. */
  #order = 0
  /** How many there are. */
  total = 0
  /** How many of them are not read. */
  unread = 0
  /** Why the mails cannot be shown; `''` if they can. */
  fault = ''
  /** Whether the server has answered since the query was set. */
  loaded = false
  #query = ''
  readonly fetchPage: (query: string, start: number, limit: number) => Promise<ApiPage>
  readonly changed: () => void
  readonly explain: (error: unknown) => string

  /**
   * @param fetchPage asks the server.
   * @param changed is called after each change.
   */
  constructor(
    fetchPage: (query: string, start: number, limit: number) => Promise<ApiPage>,
    changed: () => void,
    explain: (error: unknown) => string,
  ) {
    this.fetchPage = fetchPage
    this.changed = changed
    this.explain = explain
  }

  get query(): string {
    return this.#query
  }

  set query(query: string) {
    this.#query = query
    this.loaded = false
    this.#rows.length = 0
    this.total = 0
    this.unread = 0
    this.reload()
  }

  /** Returns the mail at a place; `undefined` if there is none, or it is not known yet. */
  at(index: number): ApiSummary | undefined {
    return this.#rows[index]
  }

  /** Returns the place of a mail; -1 if it is not known. */
  placeOf(id: string): number {
    return this.#rows.findIndex((row) => row?.ID === id)
  }

  /** Asks for what is not known between two places. */
  need(from: number, to: number): void {
    for (let page = Math.floor(from / pageSize); page * pageSize < Math.max(to, 1); page += 1) {
      const start = page * pageSize
      const end = Math.min(start + pageSize, this.total)
      const unknown = !this.loaded || this.#rows.slice(start, end).some((row) => row === undefined)
      const missing = unknown || this.#rows.length < end
      if (missing && !this.#asked.has(page)) void this.#ask(page)
    }
  }

  /** Asks again for everything that is shown. */
  reload(): void {
    this.#order += 1
    this.#asked.clear()
    void this.#ask(0)
  }

  /** Changes what is known of a mail. */
  update(id: string, change: Partial<ApiSummary>): void {
    const index = this.placeOf(id)
    const row = this.#rows[index]
    if (row === undefined) return
    if (change.Read !== undefined && change.Read !== row.Read) this.unread += change.Read ? -1 : 1
    this.#rows[index] = { ...row, ...change }
    this.changed()
  }

  /** Follows an event, without the server if possible. */
  follow({ Type, Data }: ApiEvent): void {
    const data = Data as ApiSummary
    if (Type === 'update') this.update(data.ID, data)
    else if (Type === 'truncate') {
      this.#rows.length = 0
      this.total = 0
      this.unread = 0
      this.changed()
      this.reload()
    }
    // Only the server knows what a search finds.
    else if (this.#query !== '') this.#reloadSoon()
    else if (Type === 'new') this.#add(data)
    else this.#remove(data.ID)
  }

  #add(mail: ApiSummary): void {
    if (this.placeOf(mail.ID) !== -1) return
    this.#rows.unshift(mail)
    this.total += 1
    if (!mail.Read) this.unread += 1
    this.#moved()
  }

  #remove(id: string): void {
    const index = this.placeOf(id)
    // It was deleted here before the event arrived, or its place has not been shown.
    if (index === -1) {
      this.#reloadSoon()
      return
    }
    const [gone] = this.#rows.splice(index, 1)
    this.total -= 1
    if (gone?.Read === false) this.unread -= 1
    this.#moved()
  }

  #moved(): void {
    this.#order += 1
    this.#asked.clear()
    this.changed()
  }

  #timer: ReturnType<typeof setTimeout> | undefined

  /** Many events may follow. */
  #reloadSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.reload()
    }, 200)
  }

  async #ask(page: number): Promise<void> {
    const order = this.#order
    const query = this.#query
    const start = page * pageSize
    this.#asked.add(page)
    try {
      const found = await this.fetchPage(query, start, pageSize)
      if (order !== this.#order) return
      this.#take(found, start)
    } catch (error) {
      if (order !== this.#order) return
      this.#rows.length = 0
      this.total = 0
      this.fault = this.explain(error)
    }
    this.#asked.delete(page)
    this.loaded = true
    this.changed()
  }

  #take({ messages, messages_count, messages_unread }: ApiPage, start: number): void {
    this.fault = ''
    // What was known of other places may have moved.
    if (start === 0 && messages_count !== this.total) this.#rows.length = 0
    this.total = messages_count
    this.unread = messages_unread
    this.#rows.length = Math.min(this.#rows.length, this.total)
    for (const [index, mail] of messages.entries()) this.#rows[start + index] = mail
  }
}
