import type { Moments, Origin, OtlpAttributes, OtlpLevel } from '../trace/event/event.ts'
import type { RawLog, RawSpan } from './raw.ts'

/** An entry of the record and when it happened. */
export interface Entry<K extends 'otlp.span' | 'otlp.log'> {
  readonly kind: K
  readonly payload: Origin & Moments[K]
  /** Milliseconds since 1970. */
  readonly time: number
}

/** How much of a span or a log record is kept. */
export const entryLimits = {
  /** Attributes, events, links and items of arrays. */
  items: 128,
  /** Characters of a value. */
  valueChars: 4_096,
  /** Characters of a name. */
  nameChars: 512,
  /** Characters of a log record. */
  textChars: 16_384,
  /** Milliseconds by which a clock may differ; what differs more happened when it arrived. */
  clockMs: 3_600_000,
} as const

/** What entries are made with. */
export interface EntryContext {
  readonly origin: Pick<Origin, 'l' | 's'>
  readonly scope: string
  /** When the request arrived, milliseconds since 1970. */
  readonly now: number
  /** Returns a time of the services' clock, which is the engine's, on this process's. */
  readonly toOwn: (ms: number) => number
  /** Hides secrets in a text before it is cut, so that no part of one is left. */
  readonly redact: (text: string) => string
}

/** Returns the entry of a span; a string says why it cannot be one. */
export const spanEntry = (raw: RawSpan, context: EntryContext): Entry<'otlp.span'> | string => {
  if (!isId(raw.trace, 32)) return 'a trace id is not 32 hexadecimal digits'
  if (!isId(raw.id, 16)) return 'a span id is not 16 hexadecimal digits'
  const cut = cutter(context)
  const ms = Math.max(0, raw.end - raw.start)
  const end = Math.max(raw.end, raw.start)
  const kind = spanKinds[raw.kind]
  const isFailed = raw.status === 2
  const events = raw.events.slice(0, entryLimits.items).map(({ time, name, attributes }) => {
    const shown = cut.attributes(attributes)
    const at = [rounded(time - raw.start), cut.text(name, entryLimits.nameChars)] as const
    return shown === undefined ? at : ([...at, shown] as const)
  })
  const links = raw.links
    .slice(0, entryLimits.items)
    .flatMap(({ trace, id }) => (isId(trace, 32) && isId(id, 16) ? [`${trace}-${id}`] : []))
  const attrs = cut.attributes(raw.attributes)
  return {
    kind: 'otlp.span',
    time: timely(end, context),
    payload: {
      ...context.origin,
      trace: raw.trace,
      id: raw.id,
      ...(isId(raw.parent, 16) ? { parent: raw.parent } : {}),
      ...scopeOf(context, cut),
      name: cut.text(raw.name, entryLimits.nameChars),
      ...(kind === undefined ? {} : { kind }),
      ms: Number.isFinite(ms) ? rounded(ms) : 0,
      ...(isFailed ? { error: { message: cut.text(raw.message, entryLimits.valueChars) } } : {}),
      ...(attrs === undefined ? {} : { attrs }),
      ...(events.length === 0 ? {} : { events }),
      ...(links.length === 0 ? {} : { links }),
    },
  }
}

/** Returns the entry of a log record. */
export const logEntry = (raw: RawLog, context: EntryContext): Entry<'otlp.log'> => {
  const cut = cutter(context)
  const level = levelOf(raw.severity)
  const text = typeof raw.body === 'string' ? raw.body : (JSON.stringify(raw.body) ?? '')
  const attrs = cut.attributes(raw.attributes)
  return {
    kind: 'otlp.log',
    time: timely(raw.time || raw.observed, context),
    payload: {
      ...context.origin,
      ...(isId(raw.trace, 32) ? { trace: raw.trace } : {}),
      ...(isId(raw.span, 16) ? { span: raw.span } : {}),
      ...scopeOf(context, cut),
      ...(level === undefined ? {} : { level }),
      text: cut.text(text, entryLimits.textChars),
      ...(attrs === undefined ? {} : { attrs }),
    },
  }
}

// ---

const spanKinds: Readonly<Record<number, Moments['otlp.span']['kind']>> = {
  2: 'server',
  3: 'client',
  4: 'producer',
  5: 'consumer',
}

const levels: readonly OtlpLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** Each level has four numbers, from 1. */
const levelOf = (severity: number): OtlpLevel | undefined => levels[Math.ceil(severity / 4) - 1]

/** An id of zeros is invalid. */
const isId = (id: string, digits: number): boolean =>
  id.length === digits && /^[\da-f]+$/.test(id) && /[^0]/.test(id)

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

/** Programs may run with another time than this machine's, on purpose. */
const timely = (time: number, { now, toOwn }: EntryContext): number => {
  const own = toOwn(time)
  return Math.abs(own - now) < entryLimits.clockMs ? rounded(own) : now
}

const scopeOf = ({ scope }: EntryContext, cut: ReturnType<typeof cutter>) =>
  scope === '' ? {} : { scope: cut.text(scope, entryLimits.nameChars) }

const cutter = ({ redact }: EntryContext) => {
  const text = (value: string, most: number): string =>
    value.length <= most ? value : `${redact(value).slice(0, most)}…`
  const item = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value, entryLimits.valueChars)
    if (Array.isArray(value)) return value.slice(0, entryLimits.items).map(item)
    return typeof value === 'object' && value !== null ? object(value) : value
  }
  const object = (value: object): OtlpAttributes =>
    Object.fromEntries(
      Object.entries(value)
        .slice(0, entryLimits.items)
        .map(([key, inner]) => [text(key, entryLimits.nameChars), item(inner)]),
    )
  return {
    text,
    /** Returns `undefined` if there are none. */
    attributes(attributes: OtlpAttributes): OtlpAttributes | undefined {
      const kept = object(attributes)
      return Object.keys(kept).length === 0 ? undefined : kept
    },
  }
}
