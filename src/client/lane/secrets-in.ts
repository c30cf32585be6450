/** Returns every secret in a spec, at any depth. */
export const secretsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  if ('secret' in value && typeof value.secret === 'string') return [value.secret]
  return Object.values(value).flatMap(secretsIn)
}
