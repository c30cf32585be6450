const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })

/** Returns a date as lists show it: the time of today, the day of this year, else the date. */
export const shortTime = (iso: string, now = new Date()): string => {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  if (date.toDateString() === now.toDateString()) return minute.format(date)
  return (date.getFullYear() === now.getFullYear() ? day : dayOfYear).format(date)
}

/** Returns a date in full. */
export const fullTime = (iso: string): string => {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? iso : full.format(date)
}

/** Returns bytes as people read them: `3.4 KB`. */
export const sizeText = (bytes: number): string => {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  let rest = bytes
  let unit = 0
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000
    unit += 1
  }
  const digits = unit === 0 || rest >= 100 ? 0 : 1
  return `${rest.toFixed(digits)} ${bytes === 1 ? 'byte' : units[unit]}`
}
