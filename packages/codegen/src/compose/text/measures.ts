/** Returns the milliseconds of `1m30s`, `500ms`, `1.5h`; `undefined` for anything else. A bare number is seconds. */
export const milliseconds = (text: string): number | undefined => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return undefined
  return Math.round(
    parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0),
  )
}

/** Returns the mebibytes of `512m`, `1.5gb`, `1073741824`, rounded, at least 1; `undefined` for anything else. */
export const mebibytes = (text: string): number | undefined => {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text.trim()) ?? []
  if (count === undefined) return undefined
  const bytes = Number(count) * 1024 ** 'bkmgt'.indexOf(unit === '' ? 'b' : unit.toLowerCase())
  return bytes === 0 ? undefined : Math.max(1, Math.round(bytes / 1024 ** 2))
}

// ---

const units: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
