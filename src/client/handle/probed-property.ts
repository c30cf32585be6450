/** What `await`, `JSON.stringify` and assertion libraries look for in every object. */
export const isProbedProperty = (key: string): boolean => names.has(key) || key.startsWith('@@')

const names: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'asymmetricMatch',
  '$$typeof',
  'nodeType',
])
