/** A log line that is a JSON object. */
export interface Fields {
  /** What a person reads first. */
  readonly message: string
  /** The others, without time and level, as they were written. */
  readonly rest: readonly (readonly [key: string, value: string])[]
  /** All, in their order. */
  readonly all: readonly (readonly [key: string, value: unknown])[]
}

/** Returns the parts of a line that is a JSON object; `undefined` if it is not. */
export const fieldsOf = (text: string): Fields | undefined => {
  if (text.charCodeAt(0) !== 0x7b || !text.trimEnd().endsWith('}')) return undefined
  const object = parsed(text)
  if (object === undefined) return undefined
  const all = Object.entries(object)
  const key = messages.find((name) => typeof object[name] === 'string')
  return {
    message: key === undefined ? '' : String(object[key]),
    rest: all
      .filter(([name]) => name !== key && !shown.has(name))
      .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    all,
  }
}

// ---

const messages = ['message', 'msg', 'event', 'body']

/** They have columns of their own, or are the same in every line. */
const shown = new Set([
  ...['time', 'timestamp', '@timestamp', 'ts', 'datetime'],
  ...['level', 'severity', 'lvl', 'loglevel', 'pid', 'hostname', 'v'],
])

const parsed = (text: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}
