/** Every secret that a spec holds, wherever it stands. */
export const secretsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  if ('secret' in value && typeof value.secret === 'string') return [value.secret]
  return Object.values(value).flatMap(secretsIn)
}
