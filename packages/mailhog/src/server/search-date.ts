/**
 * Returns the time that a date of a query stands for, such as `2026-01-31`, `2026-01-31 18:30`, `31 Jan 2026`,
 * `2026-01-31T18:30:00Z` or seconds since 1970.
 *
 * @param zone IANA name of the zone of dates without one; default that of the process.
 * @throws {RangeError} if it is not a date, or there is no such zone.
 */
export const searchDate = (text: string, zone?: string): Date => {
  if (/^\d{9,13}$/.test(text)) return new Date(Number(text) * (text.length > 11 ? 1 : 1_000))
  const iso = /^\d{4}(?:[-/]\d{1,2}(?:[-/]\d{1,2})?)?/.test(text)
  const zoned = /(?::\d\d(?:\.\d+)?\s*(?:z|[+-]\d\d:?\d\d)|\b(?:utc|gmt))$/i.test(text)
  const plain = iso ? isoOf(text) : text
  const date = new Date(zoned ? plain : iso ? `${plain}Z` : `${plain} UTC`)
  if (Number.isNaN(date.getTime()) || !/\d/.test(text))
    throw new RangeError(`"${text}" is not a date`)
  return zoned ? date : fromZone(date, zone)
}

// ---

/** `2026/1/2 3:04` as `2026-01-02T03:04:00`. */
const isoOf = (text: string): string => {
  const found =
    /^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:[t ]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?\s*(z|utc|gmt|[+-]\d\d:?\d\d)?$/i.exec(
      text,
    )
  if (found === null) return text
  const [
    ,
    year,
    month = '1',
    day = '1',
    hour = '0',
    minute = '0',
    second = '0',
    part = '',
    zone = '',
  ] = found
  const two = (digits: string) => digits.padStart(2, '0')
  const offset = /^[uzg]/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2')
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${part}${offset}`
}

/** Returns the time at which clocks of a zone show what UTC clocks show at `shown`. */
const fromZone = (shown: Date, zone: string | undefined): Date => {
  const offsetAt = (date: Date): number => {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(date)
    const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
    const clock = Date.UTC(
      of('year'),
      of('month') - 1,
      of('day'),
      of('hour'),
      of('minute'),
      of('second'),
    )
    return clock - Math.floor(date.getTime() / 1_000) * 1_000
  }
  const first = new Date(shown.getTime() - offsetAt(shown))
  // The offset may change in between.
  return new Date(shown.getTime() - offsetAt(first))
}
