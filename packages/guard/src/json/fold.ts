/**
 * Returns a key as Go compares the keys of structs: without case, and with the long s (U+017F) and the Kelvin sign
 * (U+212A) as the letters that they look like.
 */
export const fold = (key: string): string =>
  key.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase()
