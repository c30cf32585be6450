import { Transform } from 'node:stream'
import { keepsEvent } from '../answers/filter-answer.ts'
import type { SessionView } from '../session/session.ts'

/** Passes the lines of a stream of events that are about the session. What is not JSON is dropped. */
export const filterEvents = (session: SessionView): Transform => {
  const decoder = new TextDecoder()
  let begun = ''
  return new Transform({
    transform(part: Uint8Array, _encoding, done) {
      const lines = (begun + decoder.decode(part, { stream: true })).split('\n')
      begun = lines.pop() ?? ''
      for (const line of lines) if (keeps(line, session)) this.push(`${line}\n`)
      done()
    },
    flush(done) {
      if (keeps(begun, session)) this.push(`${begun}\n`)
      done()
    },
  })
}

// ---

const keeps = (line: string, session: SessionView): boolean => {
  try {
    return keepsEvent(JSON.parse(line), session)
  } catch {
    return false
  }
}
