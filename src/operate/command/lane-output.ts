import { StringDecoder } from 'node:string_decoder'
import type { LinesIo } from './io.ts'

type Stream = 'stdout' | 'stderr'

/** Output of one of several lanes. */
export interface LaneOutput extends LinesIo {
  /** Prints what has no line end yet. */
  flush(): void
}

/**
 * Returns output that is printed line by line with the name of the lane in front, so that lines of different lanes do not
 * mix.
 *
 * @param print default prints to the streams of this process.
 */
export const createLaneOutput = (
  name: string,
  lanes: readonly { readonly name: string }[],
  note: (text: string) => void,
  print: (lane: string, stream: Stream, text: string) => void = printer(lanes),
): LaneOutput => {
  const parts = { stdout: new Part(), stderr: new Part() }
  return {
    kind: 'lines',
    note: (text) => note(`${name}: ${text}`),
    write(stream, bytes) {
      for (const line of parts[stream].push(bytes)) print(name, stream, line)
    },
    flush() {
      for (const stream of ['stdout', 'stderr'] as const) {
        const rest = parts[stream].end()
        if (rest !== '') print(name, stream, rest)
      }
    },
  }
}

// ---

/** Splits bytes into lines, without their ends. */
class Part {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  push(bytes: Uint8Array): string[] {
    const lines = `${this.#rest}${this.#decoder.write(Buffer.from(bytes))}`.split('\n')
    this.#rest = lines.pop() ?? ''
    return lines.map((line) => line.replace(/\r$/, ''))
  }

  end(): string {
    const rest = `${this.#rest}${this.#decoder.end()}`
    this.#rest = ''
    return rest
  }
}

const printer = (lanes: readonly { readonly name: string }[]) => {
  const width = Math.max(...lanes.map(({ name }) => name.length))
  return (lane: string, stream: Stream, text: string) => {
    process[stream].write(`${lane.padEnd(width)} | ${text}\n`)
  }
}
