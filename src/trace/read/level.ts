/** Levels of log lines, as services spell them in many ways. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/**
 * Returns the level that a log line names: in a field of JSON or `key=value`, as a word such as `ERROR`, `[warn]` or
 * `E0612`, or by the first line of a stack trace. `undefined` if it names none.
 *
 * @param stream 1 stdout, 2 stderr: there, a line without a level that says that something failed is an error.
 */
export const levelOf = (line: string, stream: 1 | 2 = 1): LogLevel | undefined => {
  // Levels are at the start; the rest of a long line is what it is about.
  const cut = line.length > searched ? line.slice(0, searched) : line
  const head = cut.includes(esc) ? cut.replace(colours, '') : cut
  const field = fields.exec(head)
  if (field !== null) return levelOfWord(field[1] ?? '')
  if (head.startsWith('{')) return undefined
  const word = words.exec(head)
  if (word !== null) return levelOfWord(word[1] ?? word[2] ?? word[3] ?? '')
  if (throwing.test(head)) return 'error'
  const glog = glogs.exec(head)
  if (glog !== null) return byLetter[glog[1] as keyof typeof byLetter]
  return stream === 2 && failing.test(head) ? 'error' : undefined
}

/** Whether a line goes on with the one before it: a frame of a stack trace, its cause, or an indented line. */
export const isContinuation = (line: string): boolean => {
  const text = line.includes(esc) ? line.replace(colours, '') : line
  return /^(?:\s+\S|\s*(?:at |File "|Caused by:|During handling of|The above exception|\.\.\. \d+ more|#\d+ ))|^[})\]]/.test(
    text,
  )
}

// ---

/** Characters of a line in which its level is searched. */
const searched = 240

const esc = '\u001b'
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of terminals begin with one
const colours = /\u001b\[[0-9;]*m/g

/** `"level":"error"`, `"level":50`, `level=error`, `"severity": "ERROR"`, `"log.level":"error"`. */
const fields =
  /(?:^|[\s{,"'.])(?:level|lvl|severity|levelname|log_level|loglevel)["']?\s*[=:]\s*["']?([A-Za-z]+|\d+)/i

/**
 * `ERROR` anywhere in upper case, `[error]` in brackets, `error:` at the start or after a time. Not `0 errors`,
 * `error=nil`.
 */
const words =
  /(?:^|[\s[(|:<-])(FATAL|PANIC|CRITICAL|CRIT|EMERG|ALERT|SEVERE|ERROR|ERR!?|WARNING|WARN|NOTICE|INFO|LOG|DEBUG\d?|TRACE|VERBOSE)(?=[\s\]):|>,]|$)|[[(](fatal|panic|critical|crit|emerg|alert|error|err|warning|warn|notice|info|debug|trace)[\])]|(?:^|^[\d:.,TZ/ +-]+\s)(fatal|panic|error|warning|warn|info|debug)(?=[:\s]\s?)/

/** The first line of a stack trace, or of a runtime that ends. */
const throwing =
  /^(?:Traceback \(most recent call last\)|Exception in thread|Unhandled |Uncaught |panic: |goroutine \d+ \[|PHP (?:Fatal|Parse) error|Segmentation fault|thread '.*' panicked)|(?:^|[\s(])(?:[\w$]+\.)*(?:[A-Z][\w$]*)?(?:Error|Exception)(?: \[\w+\])?: \S|^(?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception)(?: \[\w+\])?:?$/

const glogs = /^([EWIDF])\d{4} \d\d:\d\d:\d\d/
const byLetter = { F: 'error', E: 'error', W: 'warn', I: 'info', D: 'debug' } as const

/** What lines without a level say when something failed. */
const failing =
  /\b(?:error|errors|exception|fail|fails|failed|failure|fatal|refused|denied|cannot|could not|unable to)\b/i

const levelOfWord = (word: string): LogLevel | undefined => {
  // Pino and Bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal.
  if (/^\d+$/.test(word)) {
    const number = Number(word)
    if (number < 10 || number > 100) return undefined
    return number >= 50 ? 'error' : number >= 40 ? 'warn' : number >= 30 ? 'info' : 'debug'
  }
  const lower = word.toLowerCase()
  if (/^(?:fatal|panic|crit|emerg|alert|severe|err)/.test(lower)) return 'error'
  if (lower.startsWith('warn')) return 'warn'
  if (/^(?:info|notice|log$)/.test(lower)) return 'info'
  if (/^(?:debug|trace|verbose|silly|fine)/.test(lower)) return 'debug'
  return undefined
}
