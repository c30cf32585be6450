/** Returns a duration for people: `0 ms`, `812 ms`, `4.2 s`, `3 min 20 s`. */
export const duration = (ms: number): string => {
  if (!(ms >= 0)) return '–'
  if (ms < 1) return `${ms < 0.1 ? 0 : ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Math.round((ms % 60_000) / 1000)
  return seconds === 0 || seconds === 60
    ? `${seconds === 60 ? minutes + 1 : minutes} min`
    : `${minutes} min ${seconds} s`
}

/** Returns a time since some start, seconds with three digits: `+1.204`. */
export const offset = (ms: number): string =>
  `${ms < 0 ? '−' : '+'}${Math.abs(ms / 1000).toFixed(3)}`

/** Returns a size for people: `12 B`, `3.4 KB`. */
export const bytes = (count: number): string => {
  if (count < 1000) return `${count} B`
  if (count < 1_000_000) return `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)} KB`
  return `${(count / 1_000_000).toFixed(count < 10_000_000 ? 1 : 0)} MB`
}

/** Returns a count with its noun: `1 line`, `12,000 lines`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`

/** Returns a moment of the day with milliseconds, in the time zone of the reader. */
export const clock = (time: number): string => {
  const date = new Date(time)
  const part = (value: number, digits = 2) => String(value).padStart(digits, '0')
  return `${part(date.getHours())}:${part(date.getMinutes())}:${part(date.getSeconds())}.${part(date.getMilliseconds(), 3)}`
}
