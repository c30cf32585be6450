import { faultLine, type StubFault } from '../wire.ts'

/** A refusal, answered as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly faults: readonly StubFault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    title: string,
    faults: readonly StubFault[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(title)
    this.status = status
    this.faults = faults
    this.headers = headers
  }

  /** The body, with one line per fault as `detail`. */
  get body(): string {
    return JSON.stringify({
      type: 'about:blank',
      title: this.message,
      status: this.status,
      ...(this.faults.length === 0
        ? {}
        : { detail: this.faults.map(faultLine).join('\n'), faults: this.faults }),
    })
  }
}
