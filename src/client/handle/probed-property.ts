/** Returns whether `await`, `JSON.stringify` and assertion libraries read this property of every object. */
export const isProbedProperty = (key: string): boolean => names.has(key) || key.startsWith('@@')

const names: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'asymmetricMatch',
  '$$typeof',
  'nodeType',
])
